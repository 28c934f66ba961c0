import { happened } from '#shared/events/event.ts';
import { MediaPurged } from '#shared/events/media.ts';
import type { MediaId, UserId } from '#shared/ids.ts';
import { type Forgotten, inPages, type PersonalRecords } from '#shared/privacy.ts';
import type { Country } from '#shared/regions.ts';
import { statement } from '#shared/sql.ts';
import type { MediaPorts } from './ports.ts';
import { removeFile } from './remove-file.ts';

const PAGE = 500;
const ERASE_BATCH_MAX = 50;

const LIST_OWN = statement(
  'media.own-files',
  `SELECT files.id, files.purpose, files.mime_type, files.size, encode(files.sha256, 'hex') AS sha256,
     '/api/v1/media/' || files.id AS url, files.created_at
   FROM media.files WHERE files.owner_id = $1 AND files.id > $2 AND files.state = 'stored' ORDER BY files.id LIMIT $3`,
);

/** The files of a person, in pages, for their data export. The bytes are fetched by their addresses. */
export function makeOwnFiles({ databases }: Pick<MediaPorts, 'databases'>) {
  return (ownerId: UserId, country: Country): AsyncGenerator<PersonalRecords> =>
    inPages('media', PAGE, (after) => databases.of(country).rows<{ id: MediaId }>(LIST_OWN, [ownerId, after, PAGE]));
}

const CLAIM_OWN = statement(
  'media.claim-own-files',
  `UPDATE media.files SET state = 'purging', purging_since = $2, deleted_at = coalesce(files.deleted_at, $2)
   WHERE files.id IN (
     SELECT own.id FROM media.files AS own WHERE own.owner_id = $1 AND NOT own.id = ANY ($4::uuid[]) ORDER BY own.id LIMIT $3
   )
   RETURNING files.id`,
);

type ErasePorts = Pick<MediaPorts, 'databases' | 'stores' | 'outbox' | 'clock'> & {
  /** Documents of identity that the law has us keep. Fulfilled by verification, which removes them when it is time. */
  readonly heldDocuments: (ownerId: UserId) => Promise<readonly MediaId[]>;
};

/** Removes the files of a person who is erased, at once and for everyone. A repeat removes what is left. */
export function makeEraseFiles(ports: ErasePorts) {
  const { databases, outbox, clock, heldDocuments } = ports;
  return async (ownerId: UserId, country: Country, onProgress: () => void = () => undefined): Promise<Forgotten> => {
    const held = await heldDocuments(ownerId);
    for (;;) {
      const values = [ownerId, clock(), ERASE_BATCH_MAX, held];
      const files = await databases.of(country).rows<{ id: MediaId }>(CLAIM_OWN, values);
      if (files.length === 0) return { done: true, held: [] };
      for (const { id } of files) {
        const purged = happened(MediaPurged, id, { media_id: id, owner_id: ownerId, reason: 'deleted' });
        await removeFile(ports, id, (tx) => outbox.append(tx, { events: [purged] }));
        onProgress();
      }
    }
  };
}
