import { happened, type NewEvent, type Outbox } from '#shared/events/event.ts';
import { MessagesPurged } from '#shared/events/messaging.ts';
import { type DialogId, regionOf } from '#shared/ids.ts';
import type { Region } from '#shared/regions.ts';
import type { Database, Databases, Tx } from '#shared/sql.ts';
import { type Clock, DAY } from '#shared/time.ts';
import { type PurgePlace, RETENTION_RULES, type RetentionRule } from '#shared/workflows/messaging.ts';
import type { KeyCare } from '../encryption/key-care.ts';
import type { MessageStore, Purged } from '../store/message-store.ts';
import { deletedDialogs, dialogsWithRetention } from '../store/retention.ts';

/** Messages deleted by one transaction: the dialog's row is held meanwhile, so sending waits some 20 ms at most. */
export const PURGE_BATCH = 500;
/** Dialogs looked at by one step. */
const DIALOGS_BATCH = 20;
/** Before every dialog's id. */
const NIL = '00000000-0000-0000-0000-000000000000';

const PURGE_START: PurgePlace = { rule: RETENTION_RULES[0], database: 0, after: NIL };

/** For what hangs on messages elsewhere: their files. */
function purgedEvent(id: DialogId, sentBefore: Date): NewEvent {
  return happened(MessagesPurged, id, { dialog_id: id, sent_before: sentBefore.toISOString() });
}

type Ports = {
  readonly databases: Databases;
  readonly outbox: Outbox;
  readonly keyCare: Pick<KeyCare, 'shred'>;
  readonly clock: Clock;
  readonly store: Pick<MessageStore, 'purge' | 'purgeSystem' | 'forget'>;
  /** How long a deleted dialog is kept, in milliseconds. */
  readonly deletedDialogMs: number;
  /** How long a system message is kept, in milliseconds. */
  readonly systemMessageMs: number;
};

/** What a step did, and where the next one goes on; no `next` when every rule has been applied everywhere. */
export type PurgeStep = { readonly purged: number; readonly next: PurgePlace | undefined };

/** What was done in one database, and where to go on in it, if anywhere. */
type Done = { readonly purged: number; readonly after: string | undefined };

/**
 * One step of purging: a few bounded transactions, each with its audit entry. A step that is repeated finds what is left.
 *
 * A purged message is gone without a trace: its seq is not given out again, nobody is told, and history ends above it.
 * With it goes its client_id, so a retry of it would be a new message; no client retries for days.
 */
export function makePurgeMessages(ports: Ports) {
  const { databases, outbox, keyCare, clock, store, deletedDialogMs, systemMessageMs } = ports;
  const ago = (ms: number): Date => new Date(clock().getTime() - ms);

  async function byRetention(database: Database, after: string): Promise<Done> {
    const dialogs = await dialogsWithRetention(database, after, DIALOGS_BATCH);
    let purged = 0;
    let last = after;
    for (const { id, message_retention_days: days } of dialogs) {
      const { count, isMore } = await purge(database, id, 'dialog_retention', ago(days * DAY));
      purged += count;
      // The same dialog again, with the next step.
      if (isMore) return { purged, after: last };
      last = id;
    }
    return { purged, after: dialogs.length === 0 ? undefined : last };
  }

  async function ofSystem(database: Database): Promise<Done> {
    const { count, isMore } = await store.purgeSystem(database, ago(systemMessageMs), PURGE_BATCH, (tx, purged) =>
      tell(tx, 'system_messages', 'system', 'core', purged),
    );
    return { purged: count, after: isMore ? NIL : undefined };
  }

  /** Its keys go first, so that from then on nothing of the dialog can be read, however long the rest takes. */
  async function ofDeleted(database: Database): Promise<Done> {
    const before = ago(deletedDialogMs);
    const dialogs = await deletedDialogs(database, before, DIALOGS_BATCH);
    let purged = 0;
    for (const { id } of dialogs) {
      await database.transaction((tx) => keyCare.shred(tx, id));
      const { count, isMore } = await purge(database, id, 'deleted_dialogs', null);
      purged += count;
      if (isMore) return { purged, after: NIL };
      await store.forget(database, id, before, (tx) => outbox.append(tx, { events: [purgedEvent(id, clock())] }));
    }
    return { purged, after: dialogs.length === DIALOGS_BATCH ? NIL : undefined };
  }

  function purge(database: Database, id: DialogId, rule: RetentionRule, before: Date | null): Promise<Purged> {
    return store.purge(database, id, before, PURGE_BATCH, async (tx, count) => {
      await tell(tx, rule, id, regionOf(id), count);
      if (before !== null) await outbox.append(tx, { events: [purgedEvent(id, before)] });
    });
  }

  async function tell(tx: Tx, rule: RetentionRule, subject: string, region: Region, count: number): Promise<void> {
    const facts = { rule, count };
    const action = 'messaging.messages_purged';
    await outbox.append(tx, { audit: [{ actor: 'system', action, subject, region, outcome: 'ok', facts }] });
  }

  function nextOf({ rule, database }: PurgePlace, after: string | undefined): PurgePlace | undefined {
    if (after !== undefined) return { rule, database, after };
    if (database + 1 < databases.all.length) return { rule, database: database + 1, after: NIL };
    const next = RETENTION_RULES[RETENTION_RULES.indexOf(rule) + 1];
    return next === undefined ? undefined : { rule: next, database: 0, after: NIL };
  }

  const by: { readonly [Rule in RetentionRule]: (database: Database, after: string) => Promise<Done> } = {
    dialog_retention: byRetention,
    system_messages: ofSystem,
    deleted_dialogs: ofDeleted,
  };

  return async (place: PurgePlace = PURGE_START): Promise<PurgeStep> => {
    const database = databases.all[place.database];
    if (database === undefined) return { purged: 0, next: nextOf(place, undefined) };
    const { purged, after } = await by[place.rule](database, place.after);
    return { purged, next: nextOf(place, after) };
  };
}
