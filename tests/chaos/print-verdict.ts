import { styleText } from 'node:util';
import { SECOND } from '#shared/time.ts';
import { describeFault, READY_WITHIN_MS } from './faults/suffer.ts';
import type { Verdict } from './verdict.ts';

/** Prints a verdict as two tables: the faults with the time to ready after each, and what was counted. */
export function printVerdict(name: string, { faults, counted, mustBeZero, details, tookMs }: Verdict): void {
  console.log(styleText('bold', '\nfaults, and the time from when each was undone until every process was ready'));
  for (const fault of faults) {
    const isLate = fault.readyMs > READY_WITHIN_MS;
    const ready = `${(fault.readyMs / SECOND).toFixed(2)} s`.padStart(10);
    console.log(`  ${describeFault(fault).padEnd(44)}${styleText(isLate ? 'red' : 'green', ready)}`);
  }
  console.log(styleText('bold', `\n${name}, ${(tookMs / SECOND).toFixed(0)} s`));
  for (const [what, count] of Object.entries(counted)) row(what, count, 'cyan');
  for (const [what, count] of Object.entries(mustBeZero)) row(what, count, count === 0 ? 'green' : 'red');
  for (const detail of details) console.log(styleText('red', `  ${detail}`));
}

function row(name: string, count: number, colour: 'cyan' | 'green' | 'red'): void {
  console.log(`  ${name.padEnd(44)}${styleText(colour, count.toLocaleString('en').padStart(10))}`);
}
