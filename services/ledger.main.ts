import { parseArgs } from 'node:util';
import { readCommandConfig } from '#infrastructure/local/command-config.ts';
import { openDatabases } from '#infrastructure/postgres/databases.ts';
import { balanceText, reportText, statementText } from '#services/payments/ledger/print-ledger.ts';
import { verifyLedger } from '#services/payments/verify-ledger.ts';
import { balancesBefore, findAnyWallet } from '#services/payments/wallet/life-store.ts';
import { statementEntries, statementRange } from '#services/payments/wallet/statement-store.ts';
import { WalletId } from '#shared/ids.ts';
import type { Sql } from '#shared/sql.ts';
import { DAY } from '#shared/time.ts';

/** `npm run ledger -- verify | balance | statement`: the books, for whoever looks after them. */

const USAGE = `The books of the ledger.

  npm run ledger -- verify                      recomputes every balance, hold and sum from the postings; 1 when any is wrong
  npm run ledger -- balance WALLET [--at T]     what is in a wallet now, or was at a moment (ISO 8601)
  npm run ledger -- statement WALLET [--from T] [--to T] [--limit N]   its entries, newest first, 100 unless told

The cluster is the one of the environment, or the embedded one.`;

const LIMIT_USUAL = 100;
const LIMIT_MAX = 100_000;

type Flags = { readonly at?: string; readonly from?: string; readonly to?: string; readonly limit?: string };

async function walletOf(sql: Sql, text: string | undefined) {
  const id = WalletId.safeParse(text);
  if (!id.success) throw new Error(USAGE);
  const wallet = await findAnyWallet(sql, id.data);
  if (wallet === undefined) throw new Error(`There is no wallet ${text}.`);
  return wallet;
}

function momentOf(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new Error(`${text} is no moment: write 2026-11-24T10:00:00Z.`);
  return at;
}

async function run(verb: string | undefined, walletId: string | undefined, flags: Flags): Promise<number> {
  if (verb === undefined || !['verify', 'balance', 'statement'].includes(verb)) throw new Error(USAGE);
  const colours = process.stdout.isTTY;
  await using databases = openDatabases({ ...(await readCommandConfig()), DATABASE_POOL_MAX: 2 }, 'ledger');
  const core = databases.of('core');
  if (verb === 'verify') {
    const report = await verifyLedger(core);
    console.log(reportText(report, colours));
    return report.findings.length === 0 ? 0 : 1;
  }
  const wallet = await walletOf(core, walletId);
  if (verb === 'balance') {
    const at = momentOf(flags.at);
    // Up to the end of that millisecond; without one, beyond any clock that is a little ahead.
    const before = at === undefined ? new Date(Date.now() + DAY) : new Date(at.getTime() + 1);
    const sums = await balancesBefore(core, wallet.id, before);
    console.log(balanceText({ ...wallet, ...sums, walletId: wallet.id, at }, colours));
    return 0;
  }
  const limit = Number(flags.limit ?? LIMIT_USUAL);
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX) throw new Error(`--limit takes 1 to ${LIMIT_MAX}.`);
  const range = await statementRange(core, wallet.id, { from: momentOf(flags.from), to: momentOf(flags.to) });
  const entries = await statementEntries(core, wallet.id, { ...range, limit });
  console.log(statementText(entries, wallet.currency, colours));
  return 0;
}

try {
  const text = { type: 'string' } as const;
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { at: text, from: text, to: text, limit: text },
  });
  process.exitCode = await run(positionals[0], positionals[1], values);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
