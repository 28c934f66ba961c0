import { SECOND } from '#shared/time.ts';
import { makeDice } from '../faults/dice.ts';

/** Who suffers: a process of a kind, by its number, or Postgres. */
export type PartName = `${'writer' | 'relay' | 'consumer'} ${1 | 2}`;

export type EventFault = {
  readonly kind: EventFaultKind;
  readonly roles: readonly PartName[];
  /** From the blow until it is undone, in milliseconds. */
  readonly lastsMs: number;
  /** Undisturbed load before it. */
  readonly afterMs: number;
};

const KINDS = [
  'writer killed',
  'relay killed',
  'consumer killed',
  'everybody killed',
  'relay frozen',
  'consumer frozen',
  'Postgres killed',
  'Postgres stopped',
  'Postgres frozen',
] as const;

export type EventFaultKind = (typeof KINDS)[number];

export const PARTS = [
  'writer 1',
  'writer 2',
  'relay 1',
  'relay 2',
  'consumer 1',
  'consumer 2',
] as const satisfies readonly PartName[];

const CALM_MS = [SECOND / 5, 3 * SECOND] as const;
const AWAY_MS = [0, 2 * SECOND] as const;
/** Beyond the time after which a silent database is given up. */
const FROZEN_MS = [2 * SECOND, 6 * SECOND] as const;

/** The faults of a run: every kind comes as often as the others, give or take one, in an order left to chance. */
export function makeEventSchedule(seed: number, count: number, kinds: readonly EventFaultKind[] = KINDS): EventFault[] {
  const dice = makeDice(seed);
  const schedule: EventFault[] = [];
  while (schedule.length < count) {
    for (const kind of dice.shuffle(kinds)) {
      const number = dice.pick([1, 2] as const);
      const [least, most] = kind.endsWith('frozen') ? FROZEN_MS : AWAY_MS;
      const lastsMs = dice.between(least, most);
      schedule.push({ kind, roles: rolesOf(kind, number), lastsMs, afterMs: dice.between(...CALM_MS) });
    }
  }
  return schedule.slice(0, count);
}

function rolesOf(kind: EventFaultKind, number: 1 | 2): readonly PartName[] {
  if (kind === 'everybody killed') return PARTS;
  const part = (['writer', 'relay', 'consumer'] as const).find((name) => kind.startsWith(name));
  return part === undefined ? [] : [`${part} ${number}`];
}
