import { styleText } from 'node:util';
import { type Currency, formatMoney } from '#shared/money.ts';
import type { LedgerReport } from '../verify-ledger.ts';
import type { EntryRow } from '../wallet/statement-store.ts';

type Column = { readonly heading: string; readonly right?: true };

/** Cells as an aligned table for a terminal. */
function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map(({ heading }, at) => Math.max(heading.length, ...rows.map((row) => row[at]!.length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => (columns[at]!.right ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!)))
      .join('  ')
      .trimEnd();
  return [line(columns.map(({ heading }) => heading)), ...rows.map(line)];
}

function coloured(colour: 'red' | 'green' | 'bold', text: string, colours: boolean): string {
  return colours ? styleText(colour, text, { validateStream: false }) : text;
}

/** What the verifier found, a line for each finding. */
export function reportText({ accounts, transfers, entries, findings }: LedgerReport, colours: boolean): string {
  const seen = `${accounts} accounts, ${transfers} transfers, ${entries} entries`;
  if (findings.length === 0) return `${coloured('green', '✓ The books are right', colours)}: ${seen}.`;
  const columns = ['CHECK', 'SUBJECT', 'EXPECTED', 'FOUND'].map((heading) => ({ heading }));
  const rows = findings.map(({ check, subject, expected, found }) => [check, subject, expected, found]);
  const [head, ...lines] = table(columns, rows);
  return [
    `${coloured('red', `✗ ${findings.length} findings`, colours)} in ${seen}:`,
    coloured('bold', head!, colours),
    ...lines.map((line) => coloured('red', line, colours)),
  ].join('\n');
}

export type Balance = {
  readonly walletId: string;
  readonly status: string;
  readonly currency: Currency;
  readonly available: bigint;
  readonly held: bigint;
  /** When it was so; undefined for now. */
  readonly at: Date | undefined;
};

/** What is in a wallet. */
export function balanceText({ walletId, status, currency, available, held, at }: Balance, colours: boolean): string {
  const decimal = (minor: bigint) => `${formatMoney({ minor, currency })} ${currency}`;
  const rows = [
    ['available', decimal(available)],
    ['held', decimal(held)],
    ['balance', decimal(available + held)],
  ];
  const width = Math.max(...rows.map(([, sum]) => sum!.length));
  const title = `wallet ${walletId}, ${status}, ${at === undefined ? 'now' : `at ${at.toISOString()}`}`;
  return [
    coloured('bold', title, colours),
    ...rows.map(([name, sum]) => `${name!.padEnd(10)} ${sum!.padStart(width)}`),
  ].join('\n');
}

/** The entries of a wallet, newest first, with the running balance of what can be spent. */
export function statementText(entries: readonly EntryRow[], currency: Currency, colours: boolean): string {
  const decimal = (minor: bigint) => formatMoney({ minor, currency });
  const columns: Column[] = [
    { heading: 'SEQ', right: true },
    { heading: 'POSTED' },
    { heading: 'KIND' },
    { heading: 'AMOUNT', right: true },
    { heading: 'BALANCE', right: true },
    { heading: 'TRANSFER' },
  ];
  const rows = entries.map((entry) => [
    String(entry.seq),
    entry.posted_at.toISOString(),
    entry.kind,
    decimal(entry.amount),
    decimal(entry.balance_after),
    entry.transfer_id,
  ]);
  const [head, ...lines] = table(columns, rows);
  return [coloured('bold', head!, colours), ...lines].join('\n');
}
