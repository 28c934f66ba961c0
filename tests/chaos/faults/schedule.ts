import { SECOND } from '#shared/time.ts';
import type { RoleName } from '#tests/harness/cluster.ts';
import { makeDice } from './dice.ts';

/** What can go wrong, and for how long in milliseconds. */
export type Fault = {
  readonly kind:
    | 'node killed'
    | 'node frozen'
    | 'node stopped'
    | 'both nodes killed'
    | 'worker killed'
    | 'Redis restarted'
    | 'Redis flushed'
    | 'Postgres stopped'
    | 'Postgres killed';
  /** Those who suffer it; engines are named by the kind. */
  readonly roles: readonly RoleName[];
  /** From the blow until it is undone. */
  readonly lastsMs: number;
  /** Undisturbed load before it, counted from when everything was ready. */
  readonly afterMs: number;
};

export type FaultKind = Fault['kind'];

export const FAULT_KINDS = [
  'node killed',
  'node frozen',
  'Redis flushed',
  'Postgres killed',
  'worker killed',
  'Redis restarted',
  'both nodes killed',
  'Postgres stopped',
  'node stopped',
] as const satisfies readonly FaultKind[];

const NODES = ['realtime-1', 'realtime-2'] as const;
const CALM_MS = [1 * SECOND, 6 * SECOND] as const;
const AWAY_MS = [0, 4 * SECOND] as const;
/** Below the ping timeout of a socket, and beyond it. */
const FROZEN_MS = [5 * SECOND, 30 * SECOND] as const;

const ROLES_OF: Readonly<Record<FaultKind, (node: RoleName) => readonly RoleName[]>> = {
  'node killed': (node) => [node],
  'node frozen': (node) => [node],
  'node stopped': (node) => [node],
  'both nodes killed': () => NODES,
  'worker killed': () => ['worker'],
  'Redis restarted': () => [],
  'Redis flushed': () => [],
  'Postgres stopped': () => [],
  'Postgres killed': () => [],
};

/** The faults of a run: every kind comes as often as the others, give or take one, in an order left to chance. */
export function makeSchedule(seed: number, count: number, kinds: readonly FaultKind[] = FAULT_KINDS): Fault[] {
  const dice = makeDice(seed);
  const schedule: Fault[] = [];
  while (schedule.length < count) {
    for (const kind of dice.shuffle(kinds)) {
      const node = dice.pick(NODES);
      const [least, most] = kind === 'node frozen' ? FROZEN_MS : AWAY_MS;
      const lastsMs = kind === 'Redis flushed' ? 0 : dice.between(least, most);
      schedule.push({ kind, roles: ROLES_OF[kind](node), lastsMs, afterMs: dice.between(...CALM_MS) });
    }
  }
  return schedule.slice(0, count);
}
