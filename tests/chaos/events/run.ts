import { setTimeout as sleep } from 'node:timers/promises';
import { type OpenDatabase, openDatabase } from '#infrastructure/postgres/database.ts';
import { MINUTE } from '#shared/time.ts';
import { type OwnEngine, openOwnPostgres } from '#tests/chaos/own-engine.ts';
import { until } from '#tests/chaos/patience.ts';
import { asSuperuser, createRoles, createTemplate, TEMPLATE, urlOf } from '#tests/harness/template-database.ts';
import { type RunOptions, suffer } from '../faults/suffer.ts';
import type { Struck, Verdict } from '../verdict.ts';
import { type Crew, hireCrew } from './crew.ts';
import type { EventFault, PartName } from './faults.ts';
import { countChanges, countDead, countEffects, isDrained, judge } from './judge.ts';
import { GROUPS, TABLES } from './tables.ts';

const WELL_WITHIN_MS = MINUTE;
const DRAINED_WITHIN_MS = 2 * MINUTE;
/** From a change to its effects where all is well, at most. */
const SETTLE_MS = 250;

/**
 * Lets writers change things while they, the relays, the consumers and Postgres are taken away, and sets the effects against
 * what was committed.
 */
export async function runEvents(options: RunOptions<EventFault>): Promise<Verdict> {
  const startedAt = performance.now();
  await using resources = new AsyncDisposableStack();
  const postgres = resources.use(await openOwnPostgres());
  await createRoles(postgres.url);
  await createTemplate(postgres.url);
  await asSuperuser(Object.assign(new URL(postgres.url), { pathname: `/${TEMPLATE}` }).href, ...TABLES);
  const url = urlOf(postgres.url, 'tchat_app', TEMPLATE);
  const database = resources.adopt(openDatabase({ url, poolMax: 2, applicationName: 'chaos' }), (open) => open.close());
  const crew = resources.use(hireCrew(url, options.pauseMs));

  const strikeOne = (fault: EventFault) => strike({ postgres, crew, database }, fault);
  const { faults, mustBeZero } = await suffer(strikeOne, options, crew.acknowledged);
  await Promise.all((['writer 1', 'writer 2'] as const).map(crew.kill));
  await until('every event has come to every group', () => isDrained(database), DRAINED_WITHIN_MS).catch(
    () => undefined,
  );

  const acknowledged = crew.acknowledged();
  const changes = await countChanges(database);
  const judged = await Promise.all(GROUPS.map((group) => judge(database, group)));
  const sum = (name: 'lost' | 'doubled' | 'outOfOrder') => judged.reduce((all, one) => all + one[name], 0);
  return {
    counted: {
      acknowledged,
      'committed, as events': changes,
      ...Object.fromEntries(GROUPS.map((group, index) => [`effects of group ${group}`, judged[index]!.effects])),
    },
    mustBeZero: {
      'acknowledged and not committed': Math.max(0, acknowledged - changes),
      'events without effect': sum('lost'),
      'effects that came twice': sum('doubled'),
      'effects out of order': sum('outOfOrder'),
      'set aside': await countDead(database),
      ...mustBeZero,
    },
    details: [],
    faults,
    tookMs: performance.now() - startedAt,
  };
}

type Stage = { readonly postgres: OwnEngine; readonly crew: Crew; readonly database: OpenDatabase };

/** Lets a fault happen, undoes it, and waits until an event that was written after that has had its effects. */
async function strike(stage: Stage, fault: EventFault): Promise<Struck> {
  const undo = await strikeBlow(stage, fault);
  await sleep(fault.lastsMs);
  const undoneAt = performance.now();
  await undo();
  const isWell = await until('events have effects again', () => effectsFollow(stage.database), WELL_WITHIN_MS).catch(
    () => false,
  );
  return { ...fault, readyMs: isWell ? performance.now() - undoneAt : Infinity };
}

/** Whether every change that is committed now has its effects a moment later. */
async function effectsFollow(database: OpenDatabase): Promise<boolean> {
  const due = await countChanges(database).catch(() => Infinity);
  await sleep(SETTLE_MS);
  return (await countEffects(database).catch(() => 0)) >= due;
}

type Undo = () => Promise<void>;

async function strikeBlow({ postgres, crew }: Stage, { kind, roles }: EventFault): Promise<Undo> {
  switch (kind) {
    case 'writer killed':
    case 'relay killed':
    case 'consumer killed':
    case 'everybody killed':
      await Promise.all(roles.map(crew.kill));
      return async () => roles.forEach(crew.start);
    case 'relay frozen':
    case 'consumer frozen':
      signalAll(crew, roles, 'SIGSTOP');
      return async () => signalAll(crew, roles, 'SIGCONT');
    case 'Postgres killed':
      await postgres.kill();
      return () => postgres.start();
    case 'Postgres stopped':
      await postgres.stop();
      return () => postgres.start();
    case 'Postgres frozen':
      postgres.freeze();
      return async () => postgres.thaw();
    default:
      return kind satisfies never;
  }
}

function signalAll(crew: Crew, roles: readonly PartName[], signal: 'SIGSTOP' | 'SIGCONT'): void {
  for (const role of roles) crew.signal(role, signal);
}
