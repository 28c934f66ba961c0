import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { styleText } from 'node:util';

/** Everything that can be said of the code without running it, and the tests of those rules themselves. */
const CHECKS = [
  { name: 'types', command: 'tsc', args: ['-p', '.'] },
  { name: 'lint and boundaries', command: 'oxlint', args: [] },
  { name: 'format', command: 'oxfmt', args: ['--check', '.'] },
  { name: 'event contracts', command: 'node', args: ['infrastructure/event-contracts/events.main.ts', 'check'] },
  { name: 'dead code', command: 'knip', args: ['--no-progress'] },
  { name: 'texts for people', command: 'node', args: ['services/notifications/templates/templates.main.ts', 'check'] },
  { name: 'tests of the rules', command: 'vitest', args: ['run', '--project', 'rules', '--reporter', 'dot'] },
] as const;

type Verdict = { readonly name: string; readonly passed: boolean; readonly seconds: number };

async function run({ name, command, args }: (typeof CHECKS)[number]): Promise<Verdict> {
  console.log(styleText('bold', `\n${name}`));
  const startedAt = performance.now();
  const child = spawn(command, args, { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return { name, passed: code === 0, seconds: (performance.now() - startedAt) / 1000 };
}

const verdicts: Verdict[] = [];
for (const check of CHECKS) verdicts.push(await run(check));

console.log();
for (const { name, passed, seconds } of verdicts) {
  const mark = passed ? styleText('green', '✓') : styleText('red', '✗');
  console.log(`${mark} ${name.padEnd(24)} ${seconds.toFixed(1)} s`);
}
if (verdicts.some((verdict) => !verdict.passed)) process.exitCode = 1;
