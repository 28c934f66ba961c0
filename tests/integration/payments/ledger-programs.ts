import fc from 'fast-check';
import { placeHold, postHold, voidHold } from '#services/payments/ledger/hold.ts';
import { houseAccountId } from '#services/payments/ledger/house-accounts.ts';
import { type Leg, type LedgerTransfer, move, type Outcome, post, split } from '#services/payments/ledger/post.ts';
import { findWallet, openWallet } from '#services/payments/store/wallets.ts';
import type { Brand, UserId } from '#shared/ids.ts';
import type { Currency } from '#shared/money.ts';
import { newId } from '#shared/new-id.ts';
import { type Database, statement, type Tx } from '#shared/sql.ts';
import type { FreshDatabase } from '#tests/harness/database.ts';

export const PEOPLE = 4;
/** Each person begins with this many satang and cents, so that many a step finds too little. */
const SEED = 10_000n;

const person = fc.nat(PEOPLE - 1);
const sum = fc.bigInt(1n, 7_000n);
const payment = fc.record({ from: person, to: person, minor: sum });
/** How the connection of a step is killed, if it is: for sure before its commit, or by somebody else at some moment. */
const crash = fc.oneof(
  { weight: 6, arbitrary: fc.constant('none' as const) },
  { weight: 1, arbitrary: fc.constantFrom('before_commit' as const, 'at_some_moment' as const) },
);
const what = fc.oneof(
  fc.record({ do: fc.constant('chain' as const), payments: fc.array(payment, { minLength: 1, maxLength: 3 }) }),
  fc.record({ do: fc.constant('split' as const), from: person, to: person, minor: sum, fee: fc.bigInt(0n, 100n) }),
  fc.record({ do: fc.constant('convert' as const), who: person, minor: sum }),
  fc.record({ do: fc.constant('hold' as const), who: person, minor: sum }),
  fc.record({
    do: fc.constant('give' as const),
    hold: fc.nat(20),
    to: person,
    percent: fc.integer({ min: 1, max: 100 }),
  }),
  fc.record({ do: fc.constantFrom('void' as const, 'expire' as const), hold: fc.nat(20) }),
);
export const step = fc.record({ what, crash });
export type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

type Wallet = { readonly id: string; readonly holdId: string };
export type Books = {
  readonly baht: readonly Wallet[];
  readonly dollars: readonly Wallet[];
  readonly fees: string;
  readonly liquidity: { readonly THB: string; readonly USD: string };
  /** What every account should have; those of the world outside are below zero. */
  readonly balances: Map<string, bigint>;
  readonly holds: { readonly id: string; readonly who: number; readonly minor: bigint; isOpen: boolean }[];
};

const newTransferId = () => newId<Brand<string, 'TransferId'>>('core');
const SPENT = { day: '2026-11-24', month: '2026-11-01', dayMax: 10n ** 12n, monthMax: 10n ** 12n };

/** Wallets of new people in two currencies, and the accounts of the house that they meet. */
export async function openBooks(db: FreshDatabase): Promise<Books> {
  const people = Array.from({ length: PEOPLE }, () => newId<UserId>('TH'));
  const open = (currency: Currency) =>
    Promise.all(
      people.map(async (userId): Promise<Wallet> => {
        const { id } = await db.database.transaction((tx) => openWallet(tx, userId, currency, false));
        return { id, holdId: (await findWallet(db.database, id, userId))!.hold_account_id };
      }),
    );
  const [baht, dollars] = [await open('THB'), await open('USD')];
  const house = (kind: 'fees' | 'liquidity' | 'seed', currency: Currency) =>
    houseAccountId(db.database, { kind, owner: '', currency });
  const seeds = { THB: await house('seed', 'THB'), USD: await house('seed', 'USD') };
  const fees = await house('fees', 'THB');
  const liquidity = { THB: await house('liquidity', 'THB'), USD: await house('liquidity', 'USD') };
  const seeded = [
    ...baht.map(({ id }) => [seeds.THB, id] as const),
    ...dollars.map(({ id }) => [seeds.USD, id] as const),
  ].map(([from, to]): LedgerTransfer => ({ id: newTransferId(), kind: 'seed', legs: move(from, to, SEED) }));
  await db.database.transaction((tx) => post(tx, seeded));
  const balances = new Map<string, bigint>(
    [...baht, ...dollars].flatMap(({ id, holdId }) => [
      [id, SEED],
      [holdId, 0n],
    ]),
  );
  return { baht, dollars, fees, liquidity, balances, holds: [] };
}

/** A step as the ledger is asked for it, and what it moves when it is done. */
export type Asked = {
  /** The transfers that it posts: all of them or none. Letting go of a hold makes its own. */
  readonly ids: readonly string[];
  readonly legs: readonly Leg[];
  /** The hold that it ends, and how. */
  readonly ends?: {
    readonly hold: Books['holds'][number];
    readonly as: 'posted' | 'voided' | 'expired';
    readonly given: bigint;
  };
  /** The hold that it places. */
  readonly places?: Books['holds'][number];
  /** Whether all of it was done. */
  readonly run: (tx: Tx) => Promise<boolean>;
};

const isPosted = (outcome: Outcome) => outcome === 'posted';

export function askedOf(books: Books, { what: asked }: Step): Asked | undefined {
  switch (asked.do) {
    case 'chain': {
      const payments = asked.payments.filter(({ from, to }) => from !== to);
      const transfers = payments.map(({ from, to, minor }, place): LedgerTransfer => ({
        id: newTransferId(),
        kind: 'transfer',
        legs: move(books.baht[from]!.id, books.baht[to]!.id, minor),
        ...(place < payments.length - 1 ? { isLinked: true } : {}),
      }));
      return transfers.length === 0 ? undefined : posting(transfers);
    }
    case 'split': {
      const { from, to, minor, fee } = asked;
      if (from === to || fee >= minor) return undefined;
      const parts = [
        { accountId: books.baht[to]!.id, minor: minor - fee },
        { accountId: books.fees, minor: fee },
      ];
      return posting([{ id: newTransferId(), kind: 'fee', legs: split(books.baht[from]!.id, parts) }]);
    }
    case 'convert': {
      const bought = asked.minor / 35n + 1n;
      const legs = [
        ...move(books.baht[asked.who]!.id, books.liquidity.THB, asked.minor),
        ...move(books.liquidity.USD, books.dollars[asked.who]!.id, bought),
      ];
      return posting([{ id: newTransferId(), kind: 'conversion', legs }]);
    }
    case 'hold': {
      const { who, minor } = asked;
      const { id: accountId, holdId: holdAccountId } = books.baht[who]!;
      const id = newTransferId();
      const spending = { accountId, minor, ...SPENT };
      return {
        ids: [id],
        legs: move(accountId, holdAccountId, minor),
        places: { id, who, minor, isOpen: true },
        run: async (tx) => isPosted(await placeHold(tx, { id, accountId, holdAccountId, minor, spending })),
      };
    }
    case 'give': {
      const hold = books.holds[asked.hold % Math.max(books.holds.length, 1)];
      if (hold === undefined || asked.to === hold.who) return undefined;
      const { id, holdId } = books.baht[hold.who]!;
      const given = (hold.minor * BigInt(asked.percent) + 99n) / 100n;
      const parts = [{ accountId: books.baht[asked.to]!.id, minor: given }];
      const transferId = newTransferId();
      const legs = split(holdId, [...parts, { accountId: id, minor: hold.minor - given }]);
      const posted = { transferId, kind: 'capture', parts, at: new Date() } as const;
      return {
        ids: [transferId],
        legs,
        ends: { hold, as: 'posted', given },
        run: async (tx) => (await postHold(tx, hold.id, posted)) === 'done',
      };
    }
    case 'void':
    case 'expire': {
      const hold = books.holds[asked.hold % Math.max(books.holds.length, 1)];
      if (hold === undefined) return undefined;
      const as = asked.do === 'void' ? 'voided' : 'expired';
      const { id, holdId } = books.baht[hold.who]!;
      return {
        ids: [],
        legs: move(holdId, id, hold.minor),
        ends: { hold, as, given: 0n },
        run: async (tx) => (await voidHold(tx, hold.id, { as, at: new Date() })) === 'done',
      };
    }
    default:
      return undefined;
  }
}

function posting(transfers: readonly LedgerTransfer[]): Asked {
  return {
    ids: transfers.map(({ id }) => id),
    legs: transfers.flatMap(({ legs }) => legs),
    run: async (tx) => {
      const outcomes = await post(tx, transfers);
      const posted = outcomes.filter(isPosted).length;
      if (posted !== 0 && posted !== outcomes.length) throw new Error(`a chain was posted in part: ${outcomes.join()}`);
      return posted > 0;
    },
  };
}

const PID = statement('test.pid', 'SELECT pg_backend_pid() AS pid');
const KILL = statement('test.kill', 'SELECT pg_terminate_backend($1)');

/** What became of a step: `unknown` when its connection died. */
export type Fate = 'done' | 'refused' | 'unknown';

/**
 * Takes a step in a transaction of its own, whose connection is killed as the step says.
 *
 * @param database a pool of its own: a kill may come late, and hits whatever its connection does then
 */
export async function take(database: Database, asked: Asked, how: Step['crash']): Promise<Fate> {
  let killing: Promise<unknown> | undefined;
  try {
    const isDone = await database.transaction(async (tx) => {
      if (how === 'none') return await asked.run(tx);
      const [{ pid }] = (await tx.rows<{ pid: number }>(PID)) as [{ pid: number }];
      if (how === 'at_some_moment') killing = database.rows(KILL, [pid]).catch(() => undefined);
      const done = await asked.run(tx);
      if (how === 'before_commit') await tx.rows(KILL, [pid]);
      return done;
    });
    return isDone ? 'done' : 'refused';
  } catch (error) {
    if (isLostConnection(error)) return 'unknown';
    throw error;
  } finally {
    await killing;
  }
}

/** 57P01 is what a killed backend says; the driver's own words are for a socket that closed. */
function isLostConnection(error: unknown): boolean {
  const seen: unknown[] = [];
  for (let at = error; at instanceof Error; at = at.cause) seen.push((at as { code?: unknown }).code, at.message);
  return seen.some((word) => /57P01|terminat|ECONNRESET|UPSTREAM_UNAVAILABLE|EPIPE/i.test(String(word)));
}
