import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openDatabase } from '#infrastructure/postgres/database.ts';
import { verifyLedger } from '#services/payments/verify-ledger.ts';
import { type Database, statement } from '#shared/sql.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';
import { type Asked, askedOf, type Books, type Fate, openBooks, step, type Step, take } from './ledger-programs.ts';

const RUNS = 25;

/** Rounds follow each other; the steps of a round are taken all at once. */
const program = fc.array(fc.array(step, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 8 });

const EXIST = statement(
  'test.exist',
  'SELECT transfer.id FROM payments.transfers AS transfer WHERE transfer.id = ANY ($1)',
);
const HOLD = statement(
  'test.hold',
  'SELECT hold.status, hold.posted_amount FROM payments.holds AS hold WHERE hold.id = $1',
);
const BALANCES = statement(
  'test.balances',
  'SELECT account.id, account.balance FROM payments.accounts AS account WHERE account.id = ANY ($1)',
);

type Taken = { readonly asked: Asked; readonly how: Step['crash']; readonly fate: Fate };
type HoldEnd = { readonly status: string; readonly posted_amount: bigint | null };

/** Whether a step whose connection died was done after all: with all of it, or nothing. */
async function wasDone(db: FreshDatabase, { asked, how }: Taken, round: readonly Taken[]): Promise<boolean> {
  if (asked.ids.length > 0) {
    const found = await db.database.rows(EXIST, [asked.ids]);
    expect([0, asked.ids.length]).toContain(found.length);
    if (how === 'before_commit') expect(found).toHaveLength(0);
    return found.length > 0;
  }
  // Letting go of a hold has no transfer that the caller names. It was this one if the hold ended so and nobody else did it.
  const { hold, as } = asked.ends!;
  const [row] = await db.database.rows<HoldEnd>(HOLD, [hold.id]);
  const others = round.filter((one) => one.asked !== asked && one.asked.ends?.hold === hold && one.fate === 'done');
  return hold.isOpen && how !== 'before_commit' && row?.status === as && others.length === 0;
}

async function runRound(db: FreshDatabase, steppers: Database, books: Books, steps: readonly Step[]): Promise<void> {
  const asked = steps.flatMap((one) => {
    const what = askedOf(books, one);
    return what === undefined ? [] : [{ asked: what, how: one.crash }];
  });
  const expected = asked.length === 1 && asked[0]!.how === 'none' ? mayBeDone(books, asked[0]!.asked) : undefined;
  const round = await Promise.all(
    asked.map(async (one): Promise<Taken> => ({ ...one, fate: await take(steppers, one.asked, one.how) })),
  );
  // A kill of the round before may come late.
  if (expected !== undefined && round[0]!.fate !== 'unknown')
    expect(round[0]!.fate).toBe(expected ? 'done' : 'refused');
  for (const one of round) {
    if (one.how === 'before_commit') expect(one.fate).not.toBe('done');
    const isDone = one.fate === 'done' || (one.fate === 'unknown' && (await wasDone(db, one, round)));
    if (!isDone) continue;
    const { ends, places, legs } = one.asked;
    if (ends !== undefined) {
      // Nothing ends twice, whatever was killed.
      expect(ends.hold.isOpen).toBe(true);
      ends.hold.isOpen = false;
      expect(await db.database.rows(HOLD, [ends.hold.id])).toEqual([{ status: ends.as, posted_amount: ends.given }]);
    }
    if (places !== undefined) books.holds.push(places);
    for (const { accountId, minor } of legs) {
      const before = books.balances.get(accountId);
      if (before !== undefined) books.balances.set(accountId, before + minor);
    }
  }
}

/** What the model says of a step that is alone: whether what leaves is there, step by step, and the hold is open. */
function mayBeDone({ balances }: Books, { legs, ends }: Asked): boolean {
  if (ends !== undefined) return ends.hold.isOpen;
  const now = new Map(balances);
  for (const { accountId, minor } of legs) {
    const before = now.get(accountId);
    if (before === undefined) continue;
    if (before + minor < 0n) return false;
    now.set(accountId, before + minor);
  }
  return true;
}

test('random programs of transfers, chains, splits, conversions, holds and killed connections leave what the model says', async () => {
  await using db = await freshDatabase();
  const steppers = openDatabase({ url: db.url, poolMax: 8, applicationName: 'steps' });
  await fc.assert(
    fc.asyncProperty(program, async (rounds) => {
      const books = await openBooks(db);
      for (const round of rounds) await runRound(db, steppers, books, round);
      const rows = await db.database.rows<{ id: string; balance: bigint }>(BALANCES, [[...books.balances.keys()]]);
      expect(new Map(rows.map(({ id, balance }) => [id, balance]))).toEqual(books.balances);
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
  await steppers.close();
  const { findings, transfers } = await verifyLedger(db.database);
  expect(findings).toEqual([]);
  expect(transfers).toBeGreaterThan(BigInt(RUNS * 10));
});
