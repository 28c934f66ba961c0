import { AppError } from '#shared/errors.ts';
import type { DialogId } from '#shared/ids.ts';
import type { Database } from '#shared/sql.ts';
import type { Appended, NewMessage } from '../append.ts';
import { addMentions } from '../mentions.ts';
import { type News, type Reached, follow } from './follow.ts';
import type { LogItem, MessageLog } from './message-log.ts';
import { type Standing, itemsOf, standings } from './standing.ts';

type Outcome = Appended | AppError;

/**
 * Appends a batch to the log, each dialog by itself and all at once, and has the database follow. One dialog that cannot
 * be reached fails its own messages only.
 *
 * Members and their rights are looked at before; see decision 10 for the race that this leaves.
 */
export async function appendToLog(
  log: MessageLog,
  database: Database,
  batch: readonly NewMessage[],
): Promise<readonly Outcome[]> {
  const found = await standings(database, batch);
  const judged = batch.flatMap((message, at) => {
    const standing = found[at];
    return standing === undefined || standing.role === null ? [] : [{ message, standing }];
  });
  const outcomes = await logged(
    log,
    await itemsOf(log, judged),
    new Map(judged.map(({ message, standing }) => [message, standing])),
  );
  const stored = [...outcomes].flatMap(([message, outcome]) => storedIn(message, outcome));
  await log.index(stored.filter(({ isOwn }) => isOwn));
  await followed(log, database, stored);
  return batch.map((message) => outcomes.get(message) ?? ABSENT);
}

const ABSENT: Appended = { outcome: 'absent', seq: null, version: null, created_at: null };

async function logged(
  log: MessageLog,
  items: readonly LogItem[],
  standing: ReadonlyMap<NewMessage, Standing>,
): Promise<Map<NewMessage, Outcome>> {
  const outcomes = new Map<NewMessage, Outcome>();
  const dialogs = Map.groupBy(items, ({ message }) => message.dialogId);
  await Promise.all(
    Array.from(dialogs, async ([dialogId, some]) => {
      const known = standing.get(some[0]!.message)!.last_seq;
      const answers = await log.append(dialogId, known, some).catch((error: unknown) => {
        if (error instanceof AppError) return some.map(() => error);
        throw error;
      });
      for (const [at, { message }] of some.entries()) outcomes.set(message, answers[at]!);
    }),
  );
  return outcomes;
}

/** A message that the log holds, as this batch left it or an earlier one. */
type Stored = News & {
  readonly id: NewMessage['id'];
  readonly mentions: NewMessage['mentions'];
  readonly isOwn: boolean;
};

function storedIn(message: NewMessage, outcome: Outcome): Stored[] {
  if (outcome instanceof AppError || outcome.seq === null) return [];
  return [
    {
      id: message.id,
      dialog_id: message.dialogId,
      seq: outcome.seq,
      version: outcome.version!,
      sender_id: message.senderId,
      created_at: outcome.created_at!,
      mentions: message.mentions,
      isOwn: outcome.outcome === 'appended' || outcome.outcome === 'stored',
    },
  ];
}

async function followed(log: MessageLog, database: Database, stored: readonly Stored[]): Promise<void> {
  if (stored.length === 0) return;
  const reached = Array.from(
    Map.groupBy(stored, (message) => message.dialog_id),
    ([dialogId, some]) => reachedBy(dialogId, some),
  );
  const mentions = stored.flatMap(({ dialog_id: dialogId, seq, mentions: userIds, isOwn }) =>
    isOwn ? userIds.map((userId) => ({ dialogId, userId, seq })) : [],
  );
  if (mentions.length === 0) return await follow(database, log, reached, stored);
  await database.transaction(async (tx) => {
    await follow(tx, log, reached, stored);
    await addMentions(tx, mentions);
  });
}

function reachedBy(dialogId: DialogId, some: readonly Stored[]): Reached {
  const last = some.reduce((last, message) => (message.seq > last.seq ? message : last));
  return { dialogId, seq: last.seq, version: last.version };
}
