import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openDatabases } from '#infrastructure/postgres/databases.ts';
import type { Member } from '#services/messaging/service.ts';
import type { Appended } from '#services/messaging/store/append.ts';
import type { MessageStore } from '#services/messaging/store/message-store.ts';
import { postgresMessages } from '#services/messaging/store/postgres-messages.ts';
import { AppError } from '#shared/errors.ts';
import type { DialogId, MessageId } from '#shared/ids.ts';
import { regionOf } from '#shared/ids.ts';
import type { Databases } from '#shared/sql.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { messageStore } from '#tests/harness/message-store.ts';
import { type Fault, FaultyDatabases } from './faulty-databases.ts';
import { withFaults } from './faulty-session.ts';
import { change, cursorOf, everything, headOf, message, textOf, told } from './store-bench.ts';
import { World } from './world.ts';

const DIALOGS = 2;
const TRIES_MAX = 40;

const item = fc.record({
  dialog: fc.nat(DIALOGS - 1),
  sender: fc.nat(1),
  clientId: fc.nat(20),
  text: fc.constantFrom('yes', 'no'),
});
/**
 * What one process does at some moment: it flushes a batch, edits or deletes something that was acknowledged, moves a
 * cursor, or purges the oldest messages of a dialog.
 */
const step = fc.record({
  process: fc.nat(1),
  wait: fc.nat(40),
  batch: fc.uniqueArray(item, {
    minLength: 1,
    maxLength: 6,
    selector: (it) => `${it.dialog}:${it.sender}:${it.clientId}`,
  }),
  kind: fc.constantFrom('append', 'append', 'append', 'append', 'edit', 'delete', 'read', 'purge'),
  target: fc.nat(),
});
const faults = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.constant<Fault>('none') },
    { weight: 1, arbitrary: fc.constantFrom<Fault>('before', 'after') },
  ),
  { maxLength: 30, size: 'max' },
);

type Item = typeof item extends fc.Arbitrary<infer Value> ? Value : never;
type Acknowledged = {
  readonly id: MessageId;
  readonly dialogId: DialogId;
  readonly seq: bigint;
  readonly sender: Member;
};

/** A process of the cluster: its store, and how it reaches the database. */
type Process = { readonly store: MessageStore; readonly databases: Databases };

/** Asks again while the outcome is unknown, as a client does. */
async function persistently<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'UPSTREAM_UNAVAILABLE' || tries === TRIES_MAX) throw error;
    }
  }
}

test(
  'whatever two processes append, change, read and purge at once, over lost requests and answers: dense, once, one order',
  { timeout: 120_000 },
  async () => {
    await using db = await freshDatabase();
    await using otherPool = openDatabases(
      { DATABASE_URL: db.url, DATABASE_POOL_MAX: 4, REGION_DATABASE_URLS: [] },
      'test-other',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 30, size: 'max' }),
        faults,
        faults,
        faults,
        faults,
        async (program, dbHere, dbThere, logHere, logThere) => {
          const world = new World(db.databases);
          const people = [world.person(), world.person()];
          const dialogs = await Promise.all(
            Array.from({ length: DIALOGS }, async () => (await world.group(people[0]!, people[1]!)).id),
          );
          const openProcess = (pool: Databases, inDatabase: readonly Fault[], inLog: readonly Fault[]): Process => ({
            store: messageStore({ bucketSeqs: 5, through: (it) => withFaults(it, inLog) }) ?? postgresMessages,
            databases: new FaultyDatabases(pool, inDatabase),
          });
          const processes = [openProcess(db.databases, dbHere, logHere), openProcess(otherPool, dbThere, logThere)];
          const acknowledged: Acknowledged[] = [];

          /** A client repeats with its client_id, and the process gives the message a new id each time. */
          const flush = async ({ store, databases }: Process, batch: readonly Item[]): Promise<void> => {
            let open = batch;
            for (let tries = 1; open.length > 0; tries += 1) {
              expect(tries).toBeLessThan(TRIES_MAX);
              const messages = open.map(({ dialog, sender, clientId, text }) =>
                message(dialogs[dialog]!, people[sender]!.userId, `c${clientId}`, text),
              );
              const database = databases.of(regionOf(dialogs[0]!));
              const outcomes = await persistently(() => store.append(database, messages));
              const unknown = open.filter((_, at) => outcomes[at] instanceof AppError);
              for (const [at, { dialog, sender }] of open.entries()) {
                const outcome = outcomes[at]!;
                if (outcome instanceof AppError || outcome.outcome === 'conflict') continue;
                expect(['appended', 'stored', 'repeated']).toContain(outcome.outcome);
                const row = await store.bySeq(database, dialogs[dialog]!, outcome.seq!);
                // It was purged since.
                if (row === undefined) continue;
                acknowledged.push({
                  id: row.id,
                  dialogId: dialogs[dialog]!,
                  seq: outcome.seq!,
                  sender: people[sender]!,
                });
                expectSame(outcome, row);
              }
              open = unknown;
            }
          };

          const alter = async (
            { store, databases }: Process,
            kind: 'edit' | 'delete',
            target: number,
          ): Promise<void> => {
            const one = acknowledged[target % acknowledged.length];
            if (one === undefined) return;
            const sealed = { keyVersion: 1, body: Buffer.from('edited') };
            await persistently(() =>
              change(store, databases.of(regionOf(one.dialogId)), {
                kind,
                messageId: one.id,
                dialogId: one.dialogId,
                seq: one.seq,
                actorId: one.sender.userId,
                ...(kind === 'edit' && { sealed }),
              }),
            );
          };

          const read = ({ store, databases }: Process, target: number) => {
            const dialogId = dialogs[target % DIALOGS]!;
            const move = { dialogId, userId: people[target % 2]!.userId, deliveredSeq: 0, readSeq: target % 30 };
            return persistently(() => store.advance(databases.of(regionOf(dialogId)), [move]));
          };

          const purge = ({ store, databases }: Process, target: number) => {
            const dialogId = dialogs[target % DIALOGS]!;
            return persistently(() =>
              // A step moves as many cursors as it purges messages; two members need two.
              store.purge(databases.of(regionOf(dialogId)), dialogId, null, 2 + (target % 6), () => Promise.resolve()),
            );
          };

          await Promise.all(
            program.map(async ({ process, wait, batch, kind, target }) => {
              await sleep(wait);
              if (kind === 'append') await flush(processes[process]!, batch);
              else if (kind === 'read') await read(processes[process]!, target);
              else if (kind === 'purge') await purge(processes[process]!, target);
              else await alter(processes[process]!, kind, target);
            }),
          );

          const calm = messageStore({ bucketSeqs: 5 }) ?? postgresMessages;
          for (const dialogId of dialogs) {
            // A message in every dialog: it brings forward what a process left behind.
            await calm.append(db.database, [message(dialogId, people[0]!.userId, 'last', 'done')]);
            const rows = await everything(calm, db.database, dialogId);
            const head = await headOf(db.database, dialogId);
            const purged = head.seq - rows.length;
            expect(rows.map(({ seq }) => Number(seq))).toEqual(rows.map((_, nth) => purged + nth + 1));
            expect(await told(db.database, dialogId)).toEqual(Array.from({ length: head.seq }, (_, nth) => nth + 1));
            // Every client key made one message, and what was acknowledged is where it was said to be.
            expect(new Set(rows.map((row) => `${row.sender_id}:${row.client_id}`)).size).toBe(rows.length);
            const own = acknowledged.filter((one) => one.dialogId === dialogId);
            for (const one of own)
              expect(rows[Number(one.seq) - purged - 1]?.id).toBe(one.seq > purged ? one.id : undefined);
            for (const { userId } of people) {
              const cursor = await cursorOf(db.database, dialogId, userId);
              const after = rows.filter((row) => row.sender_id === userId && row.seq > cursor.read);
              expect(cursor.read).toBeGreaterThanOrEqual(purged);
              expect(cursor.own).toBe(after.length);
            }
            for (const row of rows) {
              expect(['yes', 'no', 'edited', 'done', '']).toContain(textOf(row));
              expect(await calm.seqOf(db.database, dialogId, row.id)).toBe(Number(row.seq));
            }
            // Versions are unique and within the dialog's, and whoever was away is told of just what came after.
            const byVersion = rows.toSorted((a, b) => Number(a.version - b.version));
            expect(new Set(rows.map(({ version }) => version)).size).toBe(rows.length);
            expect(Number(byVersion.at(-1)!.version)).toBeLessThanOrEqual(head.version);
            for (const after of [0, Math.floor(head.version / 2), head.version - 1, head.version]) {
              const known = [{ dialogId, after, version: head.version, lastSeq: head.seq }];
              const missed = await calm.changes(db.database, known, 1_000);
              const expected = byVersion.filter((row) => Number(row.version) > after);
              expect(missed.map(({ id, version }) => [id, version])).toEqual(
                expected.map(({ id, version }) => [id, version]),
              );
            }
          }
        },
      ),
      { numRuns: 15 },
    );
  },
);

function expectSame(outcome: Appended, row: { readonly seq: bigint; readonly created_at: Date }): void {
  expect([outcome.seq, outcome.created_at]).toEqual([row.seq, row.created_at]);
}
