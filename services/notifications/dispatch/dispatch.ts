import type { NotificationType } from '#shared/contracts/notifications/notification.ts';
import { AppError } from '#shared/errors.ts';
import type { NotificationId, UserId } from '#shared/ids.ts';
import type { Log } from '#shared/log.ts';
import type { Database } from '#shared/sql.ts';
import { MINUTE, SECOND } from '#shared/time.ts';
import type { Deliver, NotificationsPorts, Recipient } from '../ports.ts';
import { AWAY_MAX, BREAKS_MAX, retryPauseMs } from '../rules.ts';
import { oldestDueS, type Settled, settle, takeDue, type TakenRow } from '../store/due.ts';
import { type PreferencesRow, preferencesOf } from '../store/preferences.ts';
import { stateReached } from '../told.ts';
import { type Draft, writeAll, type Writing } from '../write.ts';
import { asTaken, judge } from './judge.ts';

/** Taken on at a time: with {@link SIDE_BY_SIDE} and providers that take seconds they are done well within the lease. */
const BATCH_MAX = 100;
/** Handed to providers at the same time. */
const SIDE_BY_SIDE = 20;
/** Whoever does not come back within this is taken for dead. A call to a provider takes 15 s at most. */
const LEASE_MS = 3 * MINUTE;
/** Of a step that broke in a way that nobody foresaw. */
const BROKEN_PAUSE_MS = 30 * SECOND;

export type DispatchPorts = Pick<NotificationsPorts, 'outbox' | 'recipients' | 'facts' | 'templates' | 'meters'> & {
  readonly deliver: Deliver;
  /** Takes over a report that came before it was written down that the provider has it. */
  readonly findReport: (id: NotificationId, way: 'email' | 'sms', provider: string) => Promise<void>;
  readonly log: Log;
};

/**
 * Sends what is due in one database, a batch at a time.
 *
 * What waits is a row and nothing else. A row is taken on for some minutes, so several may send side by side, and what one
 * leaves behind when it dies is taken on again: handing the same notification over twice is borne by `deliver`.
 *
 * @returns sends one batch, and answers how many it took on
 */
export function makeDispatch(ports: DispatchPorts, database: Database) {
  return async (): Promise<number> => {
    const taken = await takeDue(database, BATCH_MAX, LEASE_MS);
    if (taken.length === 0) return 0;
    const ids = [...new Set(taken.map(({ recipient_id }) => recipient_id))];
    const readers = await findReaders(ports, database, ids);
    if (readers === undefined) {
      await finish(ports, database, taken.map(putBack));
      return taken.length;
    }
    const judged = taken.map((row) => ({ row, settled: judgeOne(ports.log, row, readers) }));
    const settled = judged.flatMap(({ settled: one }) => (one === undefined ? [] : [one]));
    const toSend = judged.filter((one) => one.settled === undefined).map(({ row }) => row);
    await finish(ports, database, settled);
    await send(ports, database, toSend, readers.recipients);
    return taken.length;
  };
}

/** How long the oldest has been due, in seconds, for metrics. */
export function makeOldestDue(databases: readonly Database[]) {
  return async (): Promise<number> => Math.max(0, ...(await Promise.all(databases.map(oldestDueS))));
}

type Readers = {
  readonly recipients: ReadonlyMap<UserId, Recipient>;
  readonly wishes: ReadonlyMap<UserId, PreferencesRow>;
};

/** Undefined when they cannot be looked up now, which is no notification's fault. */
async function findReaders(
  { recipients, log }: DispatchPorts,
  database: Database,
  ids: readonly UserId[],
): Promise<Readers | undefined> {
  try {
    const [found, wishes] = await Promise.all([recipients.find(ids), preferencesOf(database, ids)]);
    return { recipients: found, wishes };
  } catch (error) {
    log.warn({ err: error }, 'whom notifications are for could not be looked up');
    return undefined;
  }
}

function judgeOne(log: Log, row: TakenRow, { recipients, wishes }: Readers): Settled | undefined {
  try {
    return judge(row, recipients, wishes);
  } catch (error) {
    return later(log, row, error);
  }
}

type Attempted = Writing | { readonly kind: 'broken'; readonly error: unknown };

/** Writes all at once; where that breaks, each on its own, so that one that cannot be written holds no other up. */
async function writeEach(ports: DispatchPorts, drafts: readonly Draft[]): Promise<readonly Attempted[]> {
  try {
    return await writeAll(ports, drafts);
  } catch {
    return await Promise.all(
      drafts.map(async (draft): Promise<Attempted> => {
        try {
          return (await writeAll(ports, [draft]))[0]!;
        } catch (error) {
          return { kind: 'broken', error };
        }
      }),
    );
  }
}

async function send(
  ports: DispatchPorts,
  database: Database,
  rows: readonly TakenRow[],
  recipients: ReadonlyMap<string, Recipient>,
): Promise<void> {
  const drafts = rows.map(({ template, type, recipient_id, variables }) => ({
    template,
    type,
    recipient: recipients.get(recipient_id)!,
    variables,
  }));
  const writings = await writeEach(ports, drafts);
  const all = rows.map((row, at) => ({ row, writing: writings[at]!, recipient: recipients.get(row.recipient_id)! }));
  const isOurs = ({ row }: (typeof all)[number]) => row.type === 'in_app';
  const toInbox = all.filter(isOurs).map(({ row, writing, recipient }) => sendOne(ports, row, writing, recipient));
  await finish(ports, database, await Promise.all(toInbox));
  const queue = all.filter((one) => !isOurs(one));
  // Each is written down as soon as it is known: of those that a crash interrupts as few as possible are in doubt.
  const workers = Array.from({ length: Math.min(SIDE_BY_SIDE, queue.length) }, async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      await finish(ports, database, [await sendOne(ports, next.row, next.writing, next.recipient)]);
    }
  });
  await Promise.all(workers);
}

async function sendOne(
  ports: DispatchPorts,
  row: TakenRow,
  writing: Attempted,
  recipient: Recipient,
): Promise<Settled> {
  const base = asTaken(row);
  if (writing.kind === 'broken') return later(ports.log, row, writing.error);
  if (writing.kind === 'pointless') return { ...base, state: 'expired', reason: 'not_needed' };
  if (writing.kind === 'unwritable') return { ...base, state: 'failed', reason: writing.reason };
  const { written, variables } = writing;
  const words = {
    template_version: written.version,
    locale: written.locale,
    subject: written.subject,
    content: written.text,
    variables,
  };
  if (row.type === 'in_app') return { ...base, ...words, state: 'delivered' };
  try {
    const outcome = await ports.deliver({
      notificationId: row.id,
      recipient,
      way: row.type,
      written,
      channel: row.channel,
      urgent: row.priority === 'urgent' || row.priority === 'high',
      collapseKey: row.collapse_key ?? undefined,
      data: { ...row.data, notification_id: row.id, channel: row.channel },
    });
    if (outcome.kind === 'sent') return { ...base, ...words, state: 'sent', provider: outcome.provider };
    const reason = outcome.kind === 'refused' ? outcome.reason.slice(0, 200) : outcome.kind;
    return { ...base, ...words, state: 'failed', reason };
  } catch (error) {
    return later(ports.log, row, error);
  }
}

/** To be tried again: what is away for as long as the notification is news, what broke a number of times. */
function later(log: Log, row: TakenRow, error: unknown): Settled {
  const isAway = error instanceof AppError && error.retryable;
  if (isAway && (row.expires_at !== null || row.retry_count < AWAY_MAX)) return putBack(row);
  log.warn({ err: error, notificationId: row.id, type: row.type }, 'a notification could not be sent');
  if (isAway || row.broken_count >= BREAKS_MAX) return { ...asTaken(row), state: 'failed', reason: 'unreachable' };
  const againInMs = Math.max(BROKEN_PAUSE_MS, retryPauseMs(row.retry_count));
  return { ...putBack(row), broken: row.broken_count + 1, againInMs };
}

function putBack(row: TakenRow): Settled {
  const retries = row.retry_count + 1;
  return { ...asTaken(row), state: 'waiting', retries, againInMs: retryPauseMs(row.retry_count) };
}

/** Writes down what became of them, and tells it. */
async function finish(
  { outbox, meters, findReport, log }: DispatchPorts,
  database: Database,
  settled: readonly Settled[],
): Promise<void> {
  if (settled.length === 0) return;
  const rows = await database.transaction(async (tx) => {
    const written = await settle(tx, settled);
    const events = written.flatMap(stateReached);
    if (events.length > 0) await outbox.append(tx, { events });
    return written;
  });
  for (const { id, type, state, provider } of rows) {
    if (state !== 'waiting' && state !== 'sending') meters.ended(type, state, provider ?? ours(type));
    const isReported = state === 'sent' && provider !== null && (type === 'email' || type === 'sms');
    if (isReported)
      await findReport(id, type, provider).catch((err: unknown) =>
        log.warn({ err, notificationId: id }, 'a report could not be looked for'),
      );
  }
}

/** Whoever it is who brings what needs no provider. */
function ours(type: NotificationType): string {
  return type === 'in_app' ? 'inbox' : 'none';
}
