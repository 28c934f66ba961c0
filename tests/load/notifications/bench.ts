import { randomUUID } from 'node:crypto';
import { makeOutbox } from '#infrastructure/events/outbox.ts';
import { openPostgresBus } from '#infrastructure/events/postgres-bus.ts';
import { startRelay } from '#infrastructure/events/relay.ts';
import { openDatabases } from '#infrastructure/postgres/databases.ts';
import { openAnnouncer } from '#infrastructure/realtime-announcer/open-announcer.ts';
import { openGround } from '#services/ground.main.ts';
import { makeInboxUpdates } from '#services/notifications/consumers/inbox-updates.ts';
import { makePeopleTold } from '#services/notifications/consumers/people-told.ts';
import { paymentReceipts } from '#services/notifications/from-events/payments.ts';
import { openNotifications } from '#services/wire-notifications.main.ts';
import { readConfig } from '#infrastructure/config/read-config.ts';
import { happened } from '#shared/events/event.ts';
import { TransferPosted } from '#shared/events/payments.ts';
import type { TransactionId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { type Database, statement } from '#shared/sql.ts';
import { environmentFor } from '#tests/harness/environment.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { type Bench, kept } from '../bench.ts';
import { benchEngines } from '../engines.ts';
import { closedLoop, type Measured, Meter, pause } from '../measure.ts';
import { weighWaiting } from './waiting.ts';

const PEOPLE = 2_000;
/** Each transfer tells two people. */
const TOLD = 2;
const LANES = 16;
/** Notifications that may be on their way: a second of them. */
const OUTSTANDING_MAX = 2_000;
/** Connections of the writer. */
const WRITERS = 4;
/** Transfers of one transaction, as a ledger lane gathers them. */
const GATHERED = 10;
const AIM = 'at least 1,000/s';

const ADD_PEOPLE = statement(
  'bench.people',
  `INSERT INTO auth.accounts (id, phone_number, country_code, role, display_name, locale, timezone)
   SELECT people.id, '+6681' || lpad(people.place::text, 7, '0'), 'TH', 'user', 'Somebody ' || people.place,
     CASE people.place % 2 WHEN 0 THEN 'th' ELSE 'en' END, 'Asia/Bangkok'
   FROM unnest($1::uuid[]) WITH ORDINALITY AS people (id, place) ON CONFLICT DO NOTHING`,
);
const ADD_WISHES = statement(
  'bench.wishes',
  `INSERT INTO notifications.preferences
     (user_id, choices, quiet_from, quiet_to, digest, has_consent, updated_at)
   SELECT people.id, '{"payments": {"email": false}}', '22:00', '07:00', 'bundled', false, now()
   FROM unnest($1::uuid[]) AS people (id)`,
);
const BARE = statement('bench.bare', 'INSERT INTO public.bench_rows (id, body) VALUES ($1, $2)');

/**
 * Notifications a second from the transaction of an event to the inbox and the open devices, each with its preferences, its
 * template, and the name in it looked up; beside an insert and an emit for each, which knows nothing of whom it is for. And
 * what one costs that waits for its moment: its row.
 */
export const notificationsBench: Bench = {
  name: 'notifications',
  says: 'in-app notifications/s from event to socket, beside an insert and an emit; memory of 100,000 that wait',
  prepare: async ({ warmUpMs, runMs }) => {
    await using resources = new AsyncDisposableStack();
    const engines = resources.use(await benchEngines());
    const config = readConfig(environmentFor(engines.urls, engines.databaseUrl, { LOG_LEVEL: 'error' }));
    const ground = resources.use(await openGround('bench', config, quietLog));
    const database = ground.databases.of('core');
    const people = Array.from({ length: PEOPLE }, () => newId<UserId>('TH'));
    await database.rows(ADD_PEOPLE, [people]);
    await database.rows(ADD_WISHES, [people]);
    const announcer = resources.use(
      await openAnnouncer({ redisUrl: config.REDIS_URL, prefix: config.REDIS_PREFIX, name: 'bench', log: quietLog }),
    );
    const someone = () => people[Math.floor(Math.random() * PEOPLE)]!;
    const load = { warmUpMs, runMs };

    /** Writes transfers as fast as their notifications come out, and hears each that an open device is told of. */
    const ours = async (): Promise<Measured> => {
      await using carried = new AsyncDisposableStack();
      const meter = new Meter();
      const state = { begun: 0, told: 0 };
      const carrier = carried.use(openDatabases({ ...config, DATABASE_POOL_MAX: 6 }, 'bench-events'));
      const notifications = openNotifications(ground);
      const bus = openPostgresBus({ database: carrier.of('core'), log: quietLog });
      carried.defer(() => bus.close());
      const bornAt = new Map<string, number>();
      bus.subscribe(makePeopleTold(notifications.create, [paymentReceipts]));
      bus.subscribe(
        makeInboxUpdates({
          inboxNews: notifications.inboxNews,
          emitToUsers: (userIds, event, data) => {
            announcer.emitToUsers(userIds, event, data);
            const { transaction_id: id } = data['data'] as { transaction_id: string };
            state.told += 1;
            meter.done(bornAt.get(id) ?? performance.now());
            bornAt.delete(id);
          },
        }),
      );
      const relay = startRelay({ database: carrier.of('core'), log: quietLog, onMoved: () => undefined });
      carried.defer(() => relay.stop());
      const measured = await whileWriting(database, load, meter, state, () => transfer(someone(), someone(), bornAt));
      return measured;
    };

    return {
      contenders: [
        {
          name: 'insert and emit',
          run: () =>
            closedLoop({
              ...load,
              lanes: LANES,
              call: async () => {
                await database.rows(BARE, [randomUUID(), BODY]);
                announcer.emitToUsers([someone()], 'notification', { step: 'new' });
              },
            }),
        },
        { name: 'event to inbox and socket', run: ours },
        { name: 'waiting rows', run: () => weighWaiting(ground, people) },
      ],
      comparisons: [{ baseline: 'insert and emit', ours: 'event to inbox and socket', aim: AIM }],
      ...kept(resources),
    };
  },
};

const BODY = Buffer.alloc(400, 'x');

function transfer(sender: UserId, recipient: UserId, bornAt: Map<string, number>) {
  const [mine, theirs] = [newId<TransactionId>('core'), newId<TransactionId>('core')];
  bornAt.set(mine, performance.now()).set(theirs, performance.now());
  return happened(TransferPosted, mine, {
    transaction_id: mine,
    recipient_transaction_id: theirs,
    sender_id: sender,
    recipient_id: recipient,
    amount: '100.00',
    currency: 'THB',
  });
}

/** A writer that keeps so many on their way, and no more. */
async function whileWriting(
  database: Database,
  { warmUpMs, runMs }: { readonly warmUpMs: number; readonly runMs: number },
  meter: Meter,
  state: { begun: number; readonly told: number },
  next: () => ReturnType<typeof transfer>,
): Promise<Measured> {
  const outbox = makeOutbox();
  let isOver = false;
  const lanes = Array.from({ length: WRITERS }, async () => {
    while (!isOver) {
      if (state.begun - state.told >= OUTSTANDING_MAX) {
        await pause(1);
        continue;
      }
      const events = Array.from({ length: GATHERED }, next);
      await database.transaction((tx) => outbox.append(tx, { events }));
      state.begun += GATHERED * TOLD;
    }
  });
  await pause(warmUpMs);
  meter.reset();
  await pause(runMs);
  const measured = meter.read();
  isOver = true;
  await Promise.all(lanes);
  // What is on its way ends before the next contender begins.
  for (let waits = 0; state.told < state.begun && waits < 1_000; waits += 1) await pause(10);
  return measured;
}
