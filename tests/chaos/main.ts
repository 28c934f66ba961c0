import { randomInt } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { MINUTE } from '#shared/time.ts';
import { openArena } from './faults/arena.ts';
import { makeSchedule } from './faults/schedule.ts';
import { isFlawless, printVerdict } from './messages/print-verdict.ts';
import { describeFault, runMessages } from './messages/run.ts';

const SEEDS = 2 ** 32;
/** One fault for so many messages, unless told otherwise. */
const MESSAGES_PER_FAULT = 5_000;
/** Access tokens live for an hour, and nobody renews those that a person's devices share. */
const MINUTES_MAX = 50;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: String(randomInt(SEEDS)) },
    messages: { type: 'string', default: '100000' },
    faults: { type: 'string' },
    minutes: { type: 'string', default: String(MINUTES_MAX) },
    out: { type: 'string', default: 'chaos-results' },
  },
});
const [seed, messages, minutes] = [Number(values.seed), Number(values.messages), Number(values.minutes)];
const faults =
  values.faults === undefined ? Math.max(2, Math.ceil(messages / MESSAGES_PER_FAULT)) : Number(values.faults);
const isUnderstood =
  positionals.join() === 'messages' &&
  Number.isInteger(seed) &&
  seed >= 0 &&
  seed < SEEDS &&
  messages >= 1 &&
  faults >= 0 &&
  minutes > 0 &&
  minutes <= MINUTES_MAX;
if (!isUnderstood) {
  console.error(
    'Usage: npm run chaos -- messages [--seed S] [--messages 100000] [--faults N] [--minutes M] [--out chaos-results]\n',
  );
  console.error('  messages   people write and read on several devices while nodes and engines are taken away');
  console.error(`\n  S is below 2^32; N is one for each ${MESSAGES_PER_FAULT} messages; M is at most ${MINUTES_MAX}`);
  process.exit(1);
}

console.log(`seed ${seed}`);
const schedule = makeSchedule(seed, faults);
schedule.forEach((fault, index) => {
  console.log(
    `  ${String(index + 1).padStart(3)}  after ${(fault.afterMs / 1000).toFixed(1)} s: ${describeFault(fault)}`,
  );
});
await using arena = await openArena();
const verdict = await runMessages(arena, {
  messages,
  schedule,
  withinMs: minutes * MINUTE,
  pauseMs: 0,
  progress: (line) => console.log(line),
});
printVerdict(verdict);
await mkdir(values.out, { recursive: true });
const path = `${values.out}/messages-${seed}.json`;
await writeFile(path, `${JSON.stringify({ seed, messages, ...verdict }, undefined, 2)}\n`);
console.log(`\nwritten to ${path}; again with --seed ${seed}`);
process.exitCode = isFlawless(verdict) ? 0 : 1;
