import type { Caller } from '#shared/caller.ts';
import { AppError } from '#shared/errors.ts';
import type { AuditEntry } from '#shared/events/event.ts';
import { regionOf } from '#shared/ids.ts';
import { dialogsOf } from './link-store.ts';
import type { MediaPorts } from './ports.ts';
import { isPublic, readerOf } from './rules.ts';
import type { FileRow } from './store.ts';

/**
 * The file, if the caller may read it. Each reading of an identity document is written down before its first byte goes
 * out, and each try.
 *
 * @throws {AppError} UNAUTHORIZED for someone who is not logged in and asks for anything but a public file, NOT_FOUND for
 *   someone who is and may not read it: neither learns whether it is there
 */
export async function admitReader(
  ports: Pick<MediaPorts, 'databases' | 'dialogs' | 'outbox'>,
  caller: Caller | undefined,
  file: FileRow | undefined,
): Promise<FileRow> {
  if (file !== undefined && isPublic(file.purpose)) return file;
  if (caller === undefined) throw new AppError('UNAUTHORIZED');
  if (file === undefined) throw new AppError('NOT_FOUND');
  const database = ports.databases.of(regionOf(file.id));
  const right = readerOf(file, caller);
  const may =
    right === 'may' ||
    (right === 'members' && (await ports.dialogs.isMemberOfAny(caller.userId, await dialogsOf(database, file.id))));
  if (file.purpose === 'kyc') {
    const entry = readingBy(caller, file, may);
    await database.transaction((tx) => ports.outbox.append(tx, { audit: [entry] }));
  }
  if (!may) throw new AppError('NOT_FOUND');
  return file;
}

function readingBy({ userId, role }: Caller, { id, owner_id: ownerId }: FileRow, may: boolean): AuditEntry {
  return {
    actor: userId,
    action: 'media.document_read',
    subject: id,
    region: regionOf(id),
    outcome: may ? 'ok' : 'refused',
    facts: { role, ownerId },
  };
}
