import { expect, test } from 'vitest';
import type { SmsProvider } from '#services/auth/ports.ts';
import { makeProviderHealth, type ProviderHealth } from '#services/auth/provider-health.ts';
import type { SmsProviderName } from '#shared/contracts/auth/webhooks.ts';
import type { Country } from '#shared/regions.ts';
import { statement } from '#shared/sql.ts';
import { SECOND } from '#shared/time.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';

type Standing = readonly [Country, SmsProviderName, boolean];

function provider(name: SmsProviderName, channel: 'sms' | 'voice' = 'sms'): SmsProvider {
  const never = () => Promise.reject(new Error('nothing is sent here'));
  return { name, channel, send: never, readReport: never };
}

const PROVIDERS = [provider('twilio'), provider('vonage'), provider('twilio_voice', 'voice')];

/** One process that knows how providers do, on a clock that only the test moves. */
function openProcess({ databases }: FreshDatabase) {
  let nowMs = 0;
  const standings: Standing[] = [];
  const health = makeProviderHealth({
    databases,
    providers: () => PROVIDERS,
    metrics: { standing: (...standing) => standings.push(standing) },
    log: quietLog,
    nowMs: () => nowMs,
  });
  return {
    health,
    standings,
    /** The order in which providers are asked, as this process sees it a moment later. */
    order: async (country: Country = 'TH') => {
      nowMs += 2 * SECOND;
      return (await health.ranked(country)).map(({ name }) => name);
    },
  };
}

const TRUSTED = ['twilio', 'vonage', 'twilio_voice'];
const TWILIO_LAST = ['vonage', 'twilio', 'twilio_voice'];

async function fail(health: ProviderHealth, times: number, country: Country = 'TH', name: SmsProviderName = 'twilio') {
  for (let time = 0; time < times; time++) await health.note(country, name, 'failed');
}

/** As if the time of a skipped provider were over. */
async function timePasses({ database }: FreshDatabase): Promise<void> {
  await database.rows(
    statement(
      '',
      'UPDATE auth.provider_health SET skipped_until = now() - interval $$1 s$$ WHERE skipped_until > now()',
    ),
  );
}

async function skippedForS({ database }: FreshDatabase): Promise<number> {
  const [row] = await database.rows<{ left_s: number }>(
    statement('', 'SELECT extract(epoch FROM skipped_until - now())::float8 AS left_s FROM auth.provider_health'),
  );
  return row!.left_s;
}

test('a few failures, or many beside more successes, leave a provider where it was', async () => {
  await using db = await freshDatabase();
  const { health, order } = openProcess(db);
  await fail(health, 4);
  expect(await order()).toEqual(TRUSTED);
  await db.database.rows(statement('', 'UPDATE auth.provider_health SET good = 50, counted_at = now()'));
  await fail(health, 20);
  expect(await order()).toEqual(TRUSTED);
});

test('a provider that fails is asked after the others, by every process, in that country only', async () => {
  await using db = await freshDatabase();
  const [one, other] = [openProcess(db), openProcess(db)];
  expect(await other.order()).toEqual(TRUSTED);
  await fail(one.health, 5);
  expect(await one.order()).toEqual(TWILIO_LAST);
  expect(await other.order()).toEqual(TWILIO_LAST);
  expect(await other.order('SG')).toEqual(TRUSTED);
  expect(other.standings).toContainEqual(['TH', 'twilio', true]);
});

test('calls come last even when all texts fail', async () => {
  await using db = await freshDatabase();
  const { health, order } = openProcess(db);
  await fail(health, 5);
  await fail(health, 5, 'TH', 'vonage');
  expect(await order()).toEqual(TRUSTED);
});

test('taking texts that never arrive is failing, but not where reports are unreliable', async () => {
  await using db = await freshDatabase();
  const { health, order } = openProcess(db);
  for (const country of ['TH', 'ID'] as const) {
    for (let time = 0; time < 5; time++) {
      await health.note(country, 'twilio', 'accepted');
      await health.note(country, 'twilio', 'silent');
    }
  }
  expect(await order()).toEqual(TWILIO_LAST);
  expect(await order('ID')).toEqual(TRUSTED);
});

test('when its time is over one text goes to a skipped provider first, of all processes together', async () => {
  await using db = await freshDatabase();
  const processes = [openProcess(db), openProcess(db), openProcess(db)];
  await fail(processes[0]!.health, 5);
  await timePasses(db);
  const orders = await Promise.all(processes.map(({ order }) => order()));
  expect(orders.filter(([first]) => first === 'twilio')).toHaveLength(1);
  expect(await processes[0]!.order()).toEqual(TWILIO_LAST);
});

test('a provider whose trial arrives is trusted again, with nothing held against it', async () => {
  await using db = await freshDatabase();
  const { health, order, standings } = openProcess(db);
  await fail(health, 5);
  // What was on its way before counts for nothing yet.
  await health.note('TH', 'twilio', 'delivered');
  expect(await order()).toEqual(TWILIO_LAST);
  await timePasses(db);
  expect(await order()).toEqual(TRUSTED);
  await order();
  await health.note('TH', 'twilio', 'delivered');
  expect(await order()).toEqual(TRUSTED);
  expect(standings.at(-3)).toEqual(['TH', 'twilio', false]);
  await fail(health, 4);
  expect(await order()).toEqual(TRUSTED);
});

test('a provider whose trial fails is skipped for twice as long, up to ten minutes', async () => {
  await using db = await freshDatabase();
  const { health, order } = openProcess(db);
  await fail(health, 5);
  const waits = [await skippedForS(db)];
  for (let trial = 0; trial < 6; trial++) {
    await timePasses(db);
    expect(await order()).toEqual(TRUSTED);
    await fail(health, 1);
    waits.push(await skippedForS(db));
  }
  expect(waits.map((wait) => Math.round(wait / 10) * 10)).toEqual([30, 60, 120, 240, 480, 600, 600]);
});

test('a trial that nobody hears of again is followed by another', async () => {
  await using db = await freshDatabase();
  const { health, order } = openProcess(db);
  await fail(health, 5);
  for (let trial = 0; trial < 2; trial++) {
    await timePasses(db);
    expect(await order()).toEqual(TRUSTED);
    expect(await order()).toEqual(TWILIO_LAST);
  }
});
