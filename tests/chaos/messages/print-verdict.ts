import { styleText } from 'node:util';
import { SECOND } from '#shared/time.ts';
import { describeFault, type MessagesVerdict, READY_WITHIN_MS } from './run.ts';

/** What must be zero, by what it is called in the table. */
const ZEROES = [
  ['lost', 'lost'],
  ['duplicated', 'duplicated'],
  ['reordered', 'reordered'],
  ['gaps in the store', 'gapsInStore'],
  ['gaps at devices', 'gapsAtDevices'],
  ['refused', 'refused'],
  ['unknown outcomes left', 'unsettled'],
  ['not ready within 30 s', 'late'],
  ['not done in time', 'undone'],
] as const satisfies readonly (readonly [string, keyof MessagesVerdict])[];

export function isFlawless(verdict: MessagesVerdict): boolean {
  return ZEROES.every(([, key]) => verdict[key] === 0) && verdict.books.length === 0;
}

/** Prints a verdict as two tables: the faults with the time to ready after each, and what must be zero. */
export function printVerdict(verdict: MessagesVerdict): void {
  console.log(styleText('bold', '\nfaults, and the time from when each was undone until every process was ready'));
  for (const fault of verdict.faults) {
    const isLate = fault.readyMs > READY_WITHIN_MS;
    const ready = `${(fault.readyMs / SECOND).toFixed(2)} s`.padStart(10);
    console.log(`  ${describeFault(fault).padEnd(44)}${styleText(isLate ? 'red' : 'green', ready)}`);
  }
  console.log(styleText('bold', `\n${(verdict.tookMs / SECOND).toFixed(0)} s of messages`));
  row('acknowledged', verdict.acknowledged, 'cyan');
  row('told to devices', verdict.told, 'cyan');
  row('unknown outcomes settled', verdict.doubtful, 'cyan');
  for (const [name, key] of ZEROES) row(name, verdict[key], verdict[key] === 0 ? 'green' : 'red');
  row('faults in the books', verdict.books.length, verdict.books.length === 0 ? 'green' : 'red');
  for (const detail of [...verdict.details, ...verdict.books]) console.log(styleText('red', `  ${detail}`));
}

function row(name: string, count: number, colour: 'cyan' | 'green' | 'red'): void {
  console.log(`  ${name.padEnd(44)}${styleText(colour, count.toLocaleString('en').padStart(10))}`);
}
