import { type DialogId, regionOf, type UserId } from '#shared/ids.ts';
import { type Databases, statement } from '#shared/sql.ts';

const NAMES = statement(
  'messaging.dialog-names',
  'SELECT dialogs.id, dialogs.name FROM messaging.dialogs WHERE dialogs.id = ANY ($1::uuid[])',
);
// One's own messages are not unread to who wrote them.
const UNREAD = statement(
  'messaging.unread-counts',
  `SELECT asked.place, greatest(dialogs.last_seq - participants.read_seq - participants.own_after_read, 0) AS unread
   FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS asked (dialog_id, user_id, place)
   JOIN messaging.dialogs ON dialogs.id = asked.dialog_id
   JOIN messaging.participants ON participants.dialog_id = asked.dialog_id AND participants.user_id = asked.user_id`,
);
const READ = statement(
  'messaging.have-read',
  `SELECT asked.place FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) WITH ORDINALITY
     AS asked (dialog_id, user_id, seq, place)
   LEFT JOIN messaging.participants ON participants.dialog_id = asked.dialog_id AND participants.user_id = asked.user_id
   WHERE participants.user_id IS NULL OR participants.read_seq >= asked.seq`,
);

/** The names of groups and channels; direct dialogs have none and are left out. */
export async function namesOfDialogs(
  databases: Databases,
  ids: readonly DialogId[],
): Promise<ReadonlyMap<DialogId, string>> {
  const byHome = Map.groupBy(new Set(ids), (id) => databases.of(regionOf(id)));
  type Row = { readonly id: DialogId; readonly name: string | null };
  const found = await Promise.all(Array.from(byHome, ([home, some]) => home.rows<Row>(NAMES, [some])));
  return new Map(found.flat().flatMap(({ id, name }) => (name === null ? [] : [[id, name] as const])));
}

export type Reader = { readonly dialogId: DialogId; readonly userId: UserId };

/** How many messages each has not read, in order; 0 for who is not in the dialog any more. */
export async function unreadOf(databases: Databases, readers: readonly Reader[]): Promise<number[]> {
  const counts = readers.map(() => 0);
  const byHome = Map.groupBy(readers.entries(), ([, { dialogId }]) => databases.of(regionOf(dialogId)));
  const asked = Array.from(byHome, async ([home, some]) => {
    const rows = await home.rows<{ place: bigint; unread: bigint }>(UNREAD, [
      some.map(([, { dialogId }]) => dialogId),
      some.map(([, { userId }]) => userId),
    ]);
    for (const { place, unread } of rows) counts[some[Number(place) - 1]![0]] = Number(unread);
  });
  await Promise.all(asked);
  return counts;
}

/** Whether each has read up to a message, in order; true of who is not in the dialog any more. */
export async function haveRead(
  databases: Databases,
  asked: readonly (Reader & { readonly seq: number })[],
): Promise<boolean[]> {
  const answers = asked.map(() => false);
  const byHome = Map.groupBy(asked.entries(), ([, { dialogId }]) => databases.of(regionOf(dialogId)));
  const looked = Array.from(byHome, async ([home, some]) => {
    const rows = await home.rows<{ place: bigint }>(READ, [
      some.map(([, { dialogId }]) => dialogId),
      some.map(([, { userId }]) => userId),
      some.map(([, { seq }]) => seq),
    ]);
    for (const { place } of rows) answers[some[Number(place) - 1]![0]] = true;
  });
  await Promise.all(looked);
  return answers;
}
