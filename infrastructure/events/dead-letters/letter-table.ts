import { styleText } from 'node:util';
import { MINUTE, SECOND } from '#shared/time.ts';
import type { Letter, LetterStatus } from './letters.ts';

const HEADINGS = ['GROUP', 'EVENT', 'TYPE', 'AGGREGATE', 'TRIES', 'SET ASIDE', 'STATUS', 'REASON'];
const STATUS_COLUMN = 6;
/** Characters of a reason in the table; `show` has all of it. */
const REASON_SHOWN = 60;

const COLOURS = {
  waiting: 'red',
  asked: 'yellow',
  replayed: 'green',
  discarded: 'gray',
} as const satisfies Record<LetterStatus, string>;

/** Dead letters as an aligned table for a terminal. */
export function letterTable(letters: readonly Letter[], now: Date, colours: boolean): string {
  const rows = letters.map((letter) => cellsOf(letter, now));
  const widths = HEADINGS.map((heading, column) => Math.max(heading.length, ...rows.map((row) => row[column]!.length)));
  const aligned = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column]!));
  const lines = letters.map(({ status }, index) => {
    const cells = aligned(rows[index]!);
    if (colours) cells[STATUS_COLUMN] = coloured(status, cells[STATUS_COLUMN]!);
    return cells.join('  ').trimEnd();
  });
  return [aligned(HEADINGS).join('  ').trimEnd(), ...lines].join('\n');
}

/** Everything about one dead letter, a line each, with its data. */
export function letterPage(letter: Letter, colours: boolean): string {
  const facts: [string, string][] = [
    ['group', letter.consumer_group],
    ['event', letter.event_id],
    ['type', `${letter.type}, version ${letter.version}`],
    ['aggregate', letter.aggregate_id],
    ['happened', letter.occurred_at.toISOString()],
    ['set aside', `${letter.failed_at.toISOString()}, after ${letter.attempts} tries`],
    ['reason', letter.reason],
    ['status', colours ? coloured(letter.status, letter.status) : letter.status],
  ];
  if (letter.asked_by !== null) facts.push(['asked', `${letter.asked_at?.toISOString()} by ${letter.asked_by}`]);
  if (letter.settled_by !== null)
    facts.push(['settled', `${letter.settled_at?.toISOString()} by ${letter.settled_by}`]);
  if (letter.discard_reason !== null) facts.push(['discarded', letter.discard_reason]);
  const lines = facts.map(([name, text]) => `${name.padEnd(10)} ${text}`);
  return [...lines, 'data', JSON.stringify(letter.data, undefined, 2)].join('\n');
}

function cellsOf(letter: Letter, now: Date): string[] {
  const reason = letter.reason.replaceAll(/\s+/g, ' ');
  return [
    letter.consumer_group,
    letter.event_id,
    letter.type,
    letter.aggregate_id,
    String(letter.attempts),
    ago(now.getTime() - letter.failed_at.getTime()),
    letter.status,
    reason.length > REASON_SHOWN ? `${reason.slice(0, REASON_SHOWN - 1)}…` : reason,
  ];
}

function ago(ms: number): string {
  const minutes = Math.floor(Math.max(0, ms) / MINUTE);
  if (minutes === 0) return `${Math.floor(Math.max(0, ms) / SECOND)} s ago`;
  if (minutes < 120) return `${minutes} min ago`;
  return minutes < 2 * 24 * 60 ? `${Math.floor(minutes / 60)} h ago` : `${Math.floor(minutes / (24 * 60))} days ago`;
}

function coloured(status: LetterStatus, text: string): string {
  return styleText(COLOURS[status], text, { validateStream: false });
}
