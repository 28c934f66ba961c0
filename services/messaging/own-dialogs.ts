import type { UserId } from '#shared/ids.ts';
import { inPages, type PersonalRecords } from '#shared/privacy.ts';
import { type Databases, statement } from '#shared/sql.ts';
import type { ExportMessages } from './export-messages.ts';

const PAGE = 500;

const OWN_DIALOGS = statement(
  'messaging.own-dialogs',
  `SELECT dialogs.id, dialogs.type, dialogs.name, participants.role, participants.joined_at, participants.delivered_seq,
     participants.read_seq, participants.muted_until
   FROM messaging.participants JOIN messaging.dialogs ON dialogs.id = participants.dialog_id
   WHERE participants.user_id = $1 AND dialogs.id > $2 ORDER BY dialogs.id LIMIT $3`,
);

/** What messaging has of a person, in pages, for their data export: the dialogs that they are in, and what they said. */
export function makeOwnWords({ databases, exportMessages }: { databases: Databases; exportMessages: ExportMessages }) {
  return async function* ownWords(userId: UserId): AsyncGenerator<PersonalRecords> {
    for (const database of databases.all) {
      yield* inPages('dialogs', PAGE, (after) => database.rows<{ id: string }>(OWN_DIALOGS, [userId, after, PAGE]));
    }
    for await (const records of exportMessages(userId)) yield { section: 'messages', records };
  };
}
