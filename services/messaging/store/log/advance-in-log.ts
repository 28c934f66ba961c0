import { AppError } from '#shared/errors.ts';
import type { DialogId, UserId } from '#shared/ids.ts';
import { type Sql, statement } from '#shared/sql.ts';
import type { CursorMove, MovedCursor } from '../participants.ts';
import type { MessageLog } from './message-log.ts';

/** Where a member is. */
type Standpoint = {
  readonly place: number;
  readonly last_seq: bigint;
  readonly read_seq: bigint;
  readonly own_after_read: bigint;
};

type Counted = { readonly move: CursorMove; readonly from: Standpoint; readonly readSeq: bigint; readonly own: bigint };

/** Rounds in which every time another device of the member was faster. */
const ROUNDS_MAX = 5;

const STANDPOINTS = statement(
  'messaging.standpoints',
  `SELECT item.place::integer, dialogs.last_seq, participants.read_seq, participants.own_after_read
   FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS item (dialog_id, user_id, place)
   JOIN messaging.dialogs ON dialogs.id = item.dialog_id
   JOIN messaging.participants
     ON participants.dialog_id = item.dialog_id AND participants.user_id = item.user_id`,
);
const ADVANCE = statement(
  'messaging.advance-counted-cursors',
  `SELECT moved.place, moved.delivered_seq, moved.read_seq, moved.changed, moved.again,
          moved.is_quiet OR (
            SELECT participants.shown_read_seq IS NOT NULL FROM messaging.participants
            WHERE participants.dialog_id = ($1::uuid[])[moved.place] AND participants.user_id = ($2::uuid[])[moved.place]
          ) AS is_quiet
   FROM messaging.advance_counted_cursors($1, $2, $3, $4, $5, $6, $7) AS moved`,
);

/**
 * Moves cursors and answers each item, in order; undefined for someone who is not a member. Which of a member's own
 * messages lie after their new place is counted in the log beforehand: mostly there are none to count, because they had
 * none after the old place, or read up to the end.
 */
export async function advanceInLog(
  log: MessageLog,
  sql: Sql,
  moves: readonly CursorMove[],
): Promise<(MovedCursor | undefined)[]> {
  const answers = new Map<CursorMove, MovedCursor>();
  let open = moves;
  for (let round = 1; open.length > 0; round += 1) {
    if (round > ROUNDS_MAX) throw new AppError('UPSTREAM_UNAVAILABLE');
    const counted = await count(log, sql, open);
    const moved = await sql.rows<MovedCursor & { place: number; again: boolean }>(ADVANCE, [
      counted.map(({ move }) => move.dialogId),
      counted.map(({ move }) => move.userId),
      counted.map(({ move }) => move.deliveredSeq),
      counted.map(({ readSeq }) => readSeq),
      counted.map(({ from }) => from.read_seq),
      counted.map(({ from }) => from.own_after_read),
      counted.map(({ own }) => own),
    ]);
    const again: CursorMove[] = [];
    for (const { place, again: isAgain, ...cursor } of moved) {
      const { move } = counted[place - 1]!;
      if (isAgain) again.push(move);
      else answers.set(move, cursor);
    }
    open = again;
  }
  return moves.map((move) => answers.get(move));
}

async function count(log: MessageLog, sql: Sql, moves: readonly CursorMove[]): Promise<Counted[]> {
  const found = await sql.rows<Standpoint>(STANDPOINTS, [
    moves.map((move) => move.dialogId),
    moves.map((move) => move.userId),
  ]);
  return await Promise.all(
    found.map(async (from) => {
      const move = moves[from.place - 1]!;
      // No further than what was counted.
      const readSeq = BigInt(move.readSeq) < from.last_seq ? BigInt(move.readSeq) : from.last_seq;
      return { move, from, readSeq, own: await ownAfter(log, move, from, readSeq) };
    }),
  );
}

async function ownAfter(
  log: MessageLog,
  { dialogId, userId }: { readonly dialogId: DialogId; readonly userId: UserId },
  from: Standpoint,
  readSeq: bigint,
): Promise<bigint> {
  const { last_seq: last, read_seq: old, own_after_read: own } = from;
  if (own === 0n || readSeq <= old) return own;
  // Counted on the shorter side of the new place.
  if (last - readSeq <= readSeq - old) return BigInt(await log.countBy(dialogId, userId, readSeq + 1n, last));
  return own - BigInt(await log.countBy(dialogId, userId, old + 1n, readSeq));
}
