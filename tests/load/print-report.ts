import { styleText } from 'node:util';
import { median, type Report } from './bench.ts';

/** Prints a report as two tables: what each contender did (medians over the rounds), and the ratios. */
export function printReport(report: Report): void {
  const names = Object.keys(report.rounds[0] ?? {});
  console.log(styleText('bold', `\n${report.bench}, ${report.rounds.length} rounds, medians`));
  console.log(row(['', 'per second', 'p50 ms', 'p95 ms', 'p99 ms', 'failed']));
  for (const name of names) {
    const of = (pick: 'perSecond' | 'p50Ms' | 'p95Ms' | 'p99Ms') =>
      median(report.rounds.map((round) => round[name]![pick]).toSorted((a, b) => a - b));
    const failed = report.rounds.reduce((sum, round) => sum + round[name]!.failed, 0);
    console.log(
      row([
        name,
        Math.round(of('perSecond')).toLocaleString('en'),
        of('p50Ms').toFixed(2),
        of('p95Ms').toFixed(2),
        of('p99Ms').toFixed(2),
        failed === 0 ? '0' : styleText('red', String(failed)),
      ]),
    );
  }
  for (const name of names) {
    for (const figure of Object.keys(report.rounds[0]![name]!.figures ?? {})) {
      const each = report.rounds.map((round) => round[name]!.figures?.[figure] ?? Number.NaN);
      console.log(`  ${name}, ${figure}: ${median(each.toSorted((a, b) => a - b)).toLocaleString('en')}`);
    }
  }
  if (report.ratios.length === 0) return;
  console.log(styleText('bold', '\nratios (median, least to most)'));
  for (const { ours, baseline, aim, figure, median: middle, least, most } of report.ratios) {
    const spread = styleText('dim', `${least.toFixed(2)} to ${most.toFixed(2)}`);
    const goal = aim === undefined ? '' : styleText('dim', `aim ${aim}`);
    console.log(
      `  ${ours} / ${baseline}${figure === undefined ? '' : `, ${figure}`}: ${styleText('cyan', middle.toFixed(2))}  ${spread}  ${goal}`,
    );
  }
}

function row([name = '', ...cells]: string[]): string {
  return `  ${name.padEnd(44)}${cells.map((cell) => cell.padStart(12)).join('')}`;
}
