import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';
import { carrier } from '#tests/harness/event-carrier.ts';
import { startCarrierProcess } from './carrier-process.ts';
import { counted, effects, effectsTable, recorder, write } from './counted.ts';

/** A group notices some seconds later that a member of it is dead. */
const SOON = { timeout: 28_000, interval: 100 };
const AGGREGATES = ['a', 'b', 'c'];

function numbersUpTo(count: number): number[] {
  return Array.from({ length: count }, (_, number) => number);
}

async function expectOneEffectEach(db: FreshDatabase, count: number): Promise<void> {
  await vi.waitFor(async () => expect((await effects(db)).length).toBeGreaterThanOrEqual(count * 3), SOON);
  const all = await effects(db);
  for (const aggregate of AGGREGATES) {
    const own = all.filter((effect) => effect.aggregate === aggregate).map(({ number }) => number);
    expect(own).toEqual(numbersUpTo(count));
  }
}

async function writeUpTo(db: FreshDatabase, count: number): Promise<void> {
  for (const number of numbersUpTo(count)) {
    await write(
      db,
      AGGREGATES.map((aggregate, writer) => counted(aggregate, writer, number)),
    );
  }
}

test('a consumer that is killed in the middle of a batch has one effect of each event, in order', async () => {
  await using db = await freshDatabase();
  await effectsTable(db);
  await using doomed = await startCarrierProcess(db, { relay: true, group: 'killed', slowMs: 300 });
  await writeUpTo(db, 40);
  await doomed.handling();
  await doomed.kill();
  await using heir = carrier(db);
  heir.bus.subscribe(recorder('killed'));
  await expectOneEffectEach(db, 40);
});

test('a consumer that is killed right after a commit does not have those effects again', async () => {
  await using db = await freshDatabase();
  await effectsTable(db);
  await using doomed = await startCarrierProcess(db, { relay: true, group: 'killed' });
  const writing = writeUpTo(db, 100);
  await vi.waitFor(async () => expect(await effects(db)).not.toEqual([]), { ...SOON, interval: 5 });
  await doomed.kill();
  await writing;
  await using heir = carrier(db);
  heir.bus.subscribe(recorder('killed'));
  await expectOneEffectEach(db, 100);
});

test('a relay that is killed again and again while events are written loses none and changes no order', async () => {
  await using db = await freshDatabase();
  await effectsTable(db);
  const writing = writeUpTo(db, 400);
  for (const livesMs of [20, 150, 400, 800]) {
    await using relay = await startCarrierProcess(db, { relay: true });
    await sleep(livesMs);
    await relay.kill();
  }
  await writing;
  await using last = carrier(db);
  last.bus.subscribe(recorder('behind'));
  await expectOneEffectEach(db, 400);
});
