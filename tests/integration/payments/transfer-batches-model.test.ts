import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeTransferBatch } from '#services/payments/transfer/run-batch.ts';
import { verifyLedger } from '#services/payments/verify-ledger.ts';
import { AppError } from '#shared/errors.ts';
import type { UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { asks, openTransfers, type Party, type Transfers } from './open-transfers.ts';

const RUNS = 15;
/** Those who have wallets; whoever comes after them among the recipients has none, is suspended, or does not exist. */
const PARTIES = 4;
const [NEWCOMER, SUSPENDED] = [PARTIES, PARTIES + 1];
const RECIPIENTS = PARTIES + 3;
const KEYS = 12;
const SEED = 10_000n;

const transfer = fc.record({
  from: fc.nat(PARTIES - 1),
  to: fc.nat(RECIPIENTS - 1),
  minor: fc.bigInt(1n, 12_000n),
  /** From someone else's wallet. */
  isForeign: fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0),
  key: fc.nat(KEYS - 1),
  digest: fc.constantFrom('one', 'one', 'one', 'other'),
});
type Asked = typeof transfer extends fc.Arbitrary<infer T> ? T : never;

const batch = fc.array(transfer, { minLength: 1, maxLength: 16 });
/** Rounds follow each other; the batches of a round go at once. */
const inTurn = fc.array(batch, { minLength: 1, maxLength: 6 });
const atOnce = fc.array(fc.array(batch, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 4 });

/** What the answers must be when nothing else happens meanwhile. */
class Model {
  readonly #balances: bigint[] = Array.from({ length: PARTIES }, () => SEED);
  #newcomer: bigint | undefined;
  /** The digest of what is stored under a key, and which transfer it was. */
  readonly #stored = new Map<string, { readonly digest: string; readonly place: string }>();

  /** `ok` and the place of the transfer that was done, or the code of the refusal. */
  expected(batch: readonly Asked[], round: number): string[] {
    const here = new Map<string, { readonly digest: string; readonly answer: string }>();
    return batch.map((asked, at) => {
      const key = `${asked.from} ${asked.key}`;
      const stored = this.#stored.get(key);
      const first = here.get(key);
      if (stored !== undefined) return this.#replay(stored, asked);
      if (first !== undefined) return first.digest === asked.digest ? first.answer : 'IDEMPOTENCY_KEY_IN_FLIGHT';
      const answer = this.#done(asked, `${round}.${at}`, key);
      here.set(key, { digest: asked.digest, answer });
      return answer;
    });
  }

  #replay({ digest, place }: { readonly digest: string; readonly place: string }, asked: Asked): string {
    return digest === asked.digest ? `ok ${place}` : 'IDEMPOTENCY_KEY_REUSED';
  }

  #done({ from, to, minor, isForeign, digest }: Asked, place: string, key: string): string {
    if (isForeign || to > NEWCOMER) return 'NOT_FOUND';
    if (this.#balances[from]! < minor) return 'INSUFFICIENT_FUNDS';
    this.#balances[from]! -= minor;
    if (to === NEWCOMER) this.#newcomer = (this.#newcomer ?? 0n) + minor;
    else this.#balances[to]! += minor;
    this.#stored.set(key, { digest, place });
    return `ok ${place}`;
  }

  get balances(): (bigint | undefined)[] {
    return [...this.#balances, this.#newcomer];
  }
}

type Scene = { readonly transfers: Transfers; readonly run: ReturnType<typeof makeTransferBatch> };

async function openTown({ transfers }: Scene) {
  const parties = await transfers.parties(PARTIES, SEED);
  const recipients: UserId[] = [
    ...parties.map(({ caller }) => caller.userId),
    transfers.someone().userId,
    transfers.someone({ status: 'suspended' }).userId,
    newId<UserId>('TH'),
  ];
  expect(recipients[SUSPENDED]).toBeDefined();
  const made = (asked: Asked) => {
    const party = parties[asked.from]!;
    const from: Party = asked.isForeign ? { ...party, walletId: parties[(asked.from + 1) % PARTIES]!.walletId } : party;
    // To oneself is refused before it comes to a batch.
    const to = asked.to === asked.from ? (asked.from + 1) % PARTIES : asked.to;
    return {
      model: { ...asked, to },
      asked: asks(from, recipients[to]!, asked.minor, { key: `k${asked.key}`, digest: asked.digest }),
    };
  };
  return { made, holders: recipients.slice(0, PARTIES + 1) };
}

test('random batches one after the other are answered item by item as the model says', async () => {
  await using db = await freshDatabase();
  const transfers = openTransfers(db.databases);
  const scene = { transfers, run: makeTransferBatch(transfers.ports) };
  await fc.assert(
    fc.asyncProperty(inTurn, async (rounds) => {
      const { made, holders } = await openTown(scene);
      const model = new Model();
      const places = new Map<string, string>();
      for (const [round, items] of rounds.entries()) {
        const all = items.map(made);
        for (const [at, { asked }] of all.entries()) places.set(asked.ids.out, `${round}.${at}`);
        const answers = await scene.run(all.map(({ asked }) => asked));
        const shown = answers.map((one) => (one instanceof AppError ? one.code : `ok ${places.get(one.id)}`));
        const expected = model.expected(
          all.map((one) => one.model),
          round,
        );
        expect(shown).toEqual(expected);
      }
      expect(await transfers.balancesOf(holders)).toEqual(model.balances);
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
  expect((await verifyLedger(db.database)).findings).toEqual([]);
});

/** What the rules allow when batches meet; anything else that is answered is a fault. */
const ALLOWED = new Set(['NOT_FOUND', 'INSUFFICIENT_FUNDS', 'IDEMPOTENCY_KEY_IN_FLIGHT', 'IDEMPOTENCY_KEY_REUSED']);

test('random batches at once leave exactly what they were answered, and books that verify', async () => {
  await using db = await freshDatabase();
  const transfers = openTransfers(db.databases);
  const scene = { transfers, run: makeTransferBatch(transfers.ports) };
  let moved = 0;
  await fc.assert(
    fc.asyncProperty(atOnce, async (rounds) => {
      const { made, holders } = await openTown(scene);
      const done = new Map<string, Asked>();
      for (const batches of rounds) {
        const all = batches.map((items) => items.map(made));
        const byId = new Map(all.flat().map(({ asked, model }) => [asked.ids.out as string, model]));
        const answers = await Promise.all(all.map((items) => scene.run(items.map(({ asked }) => asked))));
        for (const answer of answers.flat()) {
          if (answer instanceof AppError) expect(ALLOWED).toContain(answer.code);
          else if (!done.has(answer.id)) done.set(answer.id, byId.get(answer.id)!);
        }
      }
      const balances: bigint[] = [...Array.from({ length: PARTIES }, () => SEED), 0n];
      for (const { from, to, minor } of done.values()) {
        balances[from]! -= minor;
        balances[to]! += minor;
      }
      moved += done.size;
      const [newcomer, ...rest] = (await transfers.balancesOf(holders)).toReversed();
      expect([...rest.toReversed(), newcomer ?? 0n]).toEqual(balances);
      expect(newcomer === undefined).toBe([...done.values()].every(({ to }) => to !== NEWCOMER));
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
  const { findings, transfers: posted } = await verifyLedger(db.database);
  expect(findings).toEqual([]);
  // Each program begins with a seeded balance for everybody.
  expect(posted).toBe(BigInt(moved + RUNS * PARTIES));
});
