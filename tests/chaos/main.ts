import { randomInt } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { MINUTE, SECOND } from '#shared/time.ts';
import { parseCommand } from '#tests/command.ts';
import { makeEventSchedule } from './events/faults.ts';
import { runEvents } from './events/run.ts';
import { type Arena, openArena } from './faults/arena.ts';
import { makeSchedule } from './faults/schedule.ts';
import { describeFault, type RunOptions } from './faults/suffer.ts';
import { runMessages } from './messages/run.ts';
import { runOrders } from './money/orders.ts';
import { runTransfers } from './money/transfers.ts';
import { printVerdict } from './print-verdict.ts';
import { isFlawless, type Verdict } from './verdict.ts';

/** What a trial is told besides its faults. */
type Conditions = Omit<RunOptions, 'schedule'>;

type Trial = {
  readonly name: string;
  readonly says: string;
  /** Successes that it goes on for, unless told otherwise. */
  readonly usual: number;
  /** One fault for so many. */
  readonly perFault: number;
  /** The faults of a seed, to be told of first, and how to suffer them. */
  readonly plan: (
    seed: number,
    faults: number,
  ) => { readonly faults: readonly Planned[]; readonly run: (conditions: Conditions) => Promise<Verdict> };
};

type Planned = Parameters<typeof describeFault>[0] & { readonly afterMs: number };

/** A trial on a whole cluster. */
function onCluster(run: (arena: Arena, options: RunOptions) => Promise<Verdict>): Trial['plan'] {
  return (seed, count) => {
    const schedule = makeSchedule(seed, count);
    return {
      faults: schedule,
      run: async (conditions) => {
        await using arena = await openArena();
        return await run(arena, { ...conditions, schedule });
      },
    };
  };
}

const TRIALS: readonly Trial[] = [
  {
    name: 'messages',
    says: 'people write, and read on several devices',
    usual: 100_000,
    perFault: 5_000,
    plan: onCluster(runMessages),
  },
  {
    name: 'transfers',
    says: 'people pay each other',
    usual: 2_000,
    perFault: 200,
    plan: onCluster(runTransfers),
  },
  {
    name: 'orders',
    says: 'people order, merchants deliver and are paid',
    usual: 200,
    perFault: 20,
    plan: onCluster(runOrders),
  },
  {
    name: 'events',
    says: 'writers, relays and consumers around one Postgres',
    usual: 30_000,
    perFault: 1_000,
    plan: (seed, count) => {
      const schedule = makeEventSchedule(seed, count);
      return { faults: schedule, run: (conditions) => runEvents({ ...conditions, schedule }) };
    },
  },
];
const SEEDS = 2 ** 32;
/** Access tokens live for an hour, and nobody renews those that a person's devices share. */
const MINUTES_MAX = 50;

const USAGE = `Usage: npm run chaos -- NAME [--seed S] [--NAME HOW-MANY] [--faults N] [--minutes M] [--out chaos-results]

Nodes, workers and engines are killed, frozen, stopped and flushed while
${TRIALS.map(({ name, says, usual, perFault }) => `  ${name.padEnd(10)} ${says} (--${name} ${usual}, a fault for each ${perFault})`).join('\n')}

S is below 2^32; M is at most ${MINUTES_MAX}`;

const { positionals, values } = parseCommand(USAGE, {
  seed: { type: 'string', default: String(randomInt(SEEDS)) },
  messages: { type: 'string' },
  transfers: { type: 'string' },
  orders: { type: 'string' },
  events: { type: 'string' },
  faults: { type: 'string' },
  minutes: { type: 'string', default: String(MINUTES_MAX) },
  out: { type: 'string', default: 'chaos-results' },
});
const trial = TRIALS.find(({ name }) => positionals.length === 1 && name === positionals[0]);
const seed = Number(values.seed);
const minutes = Number(values.minutes);
const goals = new Map([
  ['messages', values.messages],
  ['transfers', values.transfers],
  ['orders', values.orders],
  ['events', values.events],
]);
const isInRange = Number.isInteger(seed) && seed >= 0 && seed < SEEDS && minutes > 0 && minutes <= MINUTES_MAX;
const goal = Number(goals.get(trial?.name ?? '') ?? trial?.usual);
const faults = Number(values.faults ?? Math.max(2, Math.ceil(goal / (trial?.perFault ?? 1))));
if (trial === undefined || !isInRange || !(goal >= 1) || !(faults >= 0)) {
  console.error(USAGE);
  process.exit(1);
}

console.log(`${trial.name}, seed ${seed}`);
const plan = trial.plan(seed, faults);
for (const [index, fault] of plan.faults.entries()) {
  const place = String(index + 1).padStart(3);
  console.log(`  ${place}  after ${(fault.afterMs / SECOND).toFixed(1)} s: ${describeFault(fault)}`);
}
const verdict = await plan.run({
  goal,
  withinMs: minutes * MINUTE,
  pauseMs: 0,
  progress: (line) => console.log(line),
});
printVerdict(trial.name, verdict);
await mkdir(values.out, { recursive: true });
const path = `${values.out}/${trial.name}-${seed}.json`;
await writeFile(path, `${JSON.stringify({ seed, goal, ...verdict }, undefined, 2)}\n`);
console.log(`\nwritten to ${path}; again with --seed ${seed}`);
process.exitCode = isFlawless(verdict) ? 0 : 1;
