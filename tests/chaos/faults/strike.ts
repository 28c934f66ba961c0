import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { MINUTE, SECOND } from '#shared/time.ts';
import { until } from '#tests/chaos/patience.ts';
import type { RoleName } from '#tests/harness/cluster.ts';
import type { Struck } from '../verdict.ts';
import type { Arena } from './arena.ts';
import type { Fault, FaultKind } from './schedule.ts';

const GIVE_UP_AFTER_MS = MINUTE;
const ASK_WITHIN_MS = 2 * SECOND;

/** Lets a fault happen, undoes it, and waits until every process says that it is ready. */
export async function strike(arena: Arena, fault: Fault): Promise<Struck> {
  const undo = await BLOWS[fault.kind](arena, fault.roles);
  await sleep(fault.lastsMs);
  const undoneAt = performance.now();
  await undo();
  const isReady = await until('every process is ready', () => everyProcessIsReady(arena), GIVE_UP_AFTER_MS).catch(
    () => false,
  );
  return { ...fault, readyMs: isReady ? performance.now() - undoneAt : Infinity };
}

type Undo = () => Promise<unknown>;
type Blow = (arena: Arena, roles: readonly RoleName[]) => Promise<Undo>;

const killRoles: Blow = async ({ cluster }, roles) => {
  await Promise.all(roles.map((role) => cluster.kill(role)));
  return () => Promise.all(roles.map((role) => cluster.start(role)));
};

const signal = ({ cluster }: Arena, roles: readonly RoleName[], name: NodeJS.Signals): void => {
  for (const role of roles) process.kill(cluster.pid(role), name);
};

/** How each fault is done; what it returns undoes it. */
const BLOWS: Readonly<Record<FaultKind, Blow>> = {
  'node killed': killRoles,
  'both nodes killed': killRoles,
  'worker killed': killRoles,
  'node stopped': async ({ cluster }, roles) => {
    await Promise.all(roles.map((role) => cluster.terminate(role)));
    return () => Promise.all(roles.map((role) => cluster.start(role)));
  },
  'node frozen': async (arena, roles) => {
    signal(arena, roles, 'SIGSTOP');
    return async () => signal(arena, roles, 'SIGCONT');
  },
  'Redis restarted': async ({ redis }) => {
    await redis.stop();
    return () => redis.start();
  },
  'Redis flushed': async ({ redis }) => {
    await flush(redis.url);
    return async () => {};
  },
  'Postgres stopped': async ({ postgres }) => {
    await postgres.stop();
    return () => postgres.start();
  },
  'Postgres killed': async ({ postgres }) => {
    await postgres.kill();
    return () => postgres.start();
  },
};

async function flush(url: string): Promise<void> {
  const client = new Redis(url);
  await client.flushall();
  await client.quit();
}

async function everyProcessIsReady({ cluster }: Arena): Promise<boolean> {
  const urls = [cluster.gatewayUrl, ...cluster.realtimeUrls, cluster.workerUrl];
  const answers = await Promise.all(
    urls.map((url) =>
      fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(ASK_WITHIN_MS) }).then(
        ({ ok }) => ok,
        () => false,
      ),
    ),
  );
  return answers.every(Boolean);
}
