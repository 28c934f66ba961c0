import { type OpenDatabase, openDatabase } from '#infrastructure/postgres/database.ts';
import { listTransactionsOf } from '#services/payments/store/transactions.ts';
import { listWalletsOf } from '#services/payments/store/wallets.ts';
import { verifyLedger } from '#services/payments/verify-ledger.ts';
import { statementEntries, statementRange } from '#services/payments/wallet/statement-store.ts';
import type { UserId, WalletId } from '#shared/ids.ts';
import { statement } from '#shared/sql.ts';
import { asSuperuser, TEMPLATE, urlOf } from '#tests/harness/template-database.ts';
import { type Bench, type BenchOptions, type Contender, kept } from '../bench.ts';
import { benchEngines } from '../engines.ts';
import { closedLoop } from '../measure.ts';
import { type FilledLedger, fillLedger } from './fill-ledger.ts';

const LARGE = 10_000_000;
const SMALL = 100_000;
/** Reads under way at a time. */
const LANES = 8;
const PAGE = 50;
const AIM = 'at least 0.8';

type Who = { readonly walletId: WalletId; readonly userId: UserId };
type Read = (database: OpenDatabase, who: Who, middle: Date) => Promise<number>;

const BALANCE_BEFORE = statement('bench.balance-before', 'SELECT payments.balance_before($1, $2) AS balance');
const EVERYTHING = {
  walletId: undefined,
  type: undefined,
  from: undefined,
  to: undefined,
  after: undefined,
  limit: PAGE,
};

/** What people read of their money. Each answers with how many rows it found, which must be those that are there. */
const READS: Readonly<Record<string, { readonly rows: number; readonly read: Read }>> = {
  balance: { rows: 1, read: async (database, { userId }) => (await listWalletsOf(database, userId)).length },
  'balance as of a day': {
    rows: 1,
    read: async (database, { walletId }, middle) => (await database.rows(BALANCE_BEFORE, [walletId, middle])).length,
  },
  'newest of a statement': {
    rows: PAGE,
    read: async (database, { walletId }) => await readStatement(database, walletId),
  },
  'a month of a statement': {
    rows: PAGE,
    read: async (database, { walletId }, middle) => await readStatement(database, walletId, middle),
  },
  'newest of the history': {
    rows: PAGE,
    read: async (database, { userId }) => (await listTransactionsOf(database, userId, EVERYTHING)).length,
  },
  'old history': {
    rows: PAGE,
    read: async (database, { userId }, middle) =>
      (await listTransactionsOf(database, userId, { ...EVERYTHING, to: middle })).length,
  },
};

async function readStatement(database: OpenDatabase, walletId: WalletId, from?: Date): Promise<number> {
  const to = from === undefined ? undefined : new Date(from.getTime() + 30 * 86_400_000);
  const { first, last } = await statementRange(database, walletId, { from, to });
  return (await statementEntries(database, walletId, { first, last, limit: PAGE })).length;
}

/**
 * Reads of balances, statements and histories in a ledger of ten million postings (or `--clients` of them), beside the same in
 * one of a hundred thousand: each wallet has as many in both, so what differs is the size of everything else.
 */
export const ledgerSizeBench: Bench = {
  name: 'ledger-size',
  says: 'reads of balance, statement and history at ten million postings (or --clients N), beside a small ledger',
  prepare: async (options) => {
    await using resources = new AsyncDisposableStack();
    const engines = resources.use(await benchEngines());
    const ledgers = { small: SMALL, large: options.clients ?? LARGE };
    const contenders: Contender[][] = [];
    for (const [name, postings] of Object.entries(ledgers)) {
      const database = `ledger_${name}`;
      await asSuperuser(engines.urls.postgres, `CREATE DATABASE ${database} TEMPLATE ${TEMPLATE} OWNER tchat_owner`);
      const url = Object.assign(new URL(engines.urls.postgres), { pathname: `/${database}` }).href;
      const filled = await fillLedger(url, postings, (done) =>
        console.log(`ledger-size: ${name} ledger, ${done.toLocaleString('en')} postings`),
      );
      const open = resources.adopt(
        openDatabase({
          url: urlOf(engines.urls.postgres, 'tchat_app', database),
          poolMax: LANES,
          applicationName: 'bench',
        }),
        (one) => one.close(),
      );
      if (name === 'small') await expectRightBooks(open);
      contenders.push(readsOf(name, open, filled, options));
    }
    return {
      // Each read of the one ledger is followed by that of the other.
      contenders: Object.keys(READS).flatMap((_, place) => contenders.map((reads) => reads[place]!)),
      comparisons: Object.keys(READS).map((read) => ({
        ours: `${read}, large`,
        baseline: `${read}, small`,
        aim: AIM,
      })),
      ...kept(resources),
    };
  },
};

/** Both ledgers are filled by the same statements; those of the small one are checked entry by entry. */
async function expectRightBooks(database: OpenDatabase): Promise<void> {
  const { findings } = await verifyLedger(database);
  if (findings.length > 0) throw new Error(`the filled ledger is wrong: ${JSON.stringify(findings[0])}`);
}

function readsOf(
  name: string,
  database: OpenDatabase,
  { wallets, middle }: FilledLedger,
  { warmUpMs, runMs }: BenchOptions,
): Contender[] {
  return Object.entries(READS).map(([kind, { rows, read }]) => ({
    name: `${kind}, ${name}`,
    run: () =>
      closedLoop({
        lanes: LANES,
        warmUpMs,
        runMs,
        call: async () => {
          const { id, user_id } = wallets[Math.floor(Math.random() * wallets.length)]!;
          const found = await read(database, { walletId: id as WalletId, userId: user_id as UserId }, middle);
          if (found !== rows) throw new Error(`${kind} found ${found} rows`);
        },
      }),
  }));
}
