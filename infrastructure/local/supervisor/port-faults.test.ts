import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readConfig } from '#infrastructure/config/read-config.ts';
import type { Config } from '#infrastructure/config/settings.ts';
import { chosenPort } from '../processes/free-port.ts';
import { portFaults } from './port-faults.ts';
import { secretsOf } from './secrets.ts';

const ELSEWHERE = {
  postgres: false,
  redis: false,
  cassandra: false,
  kafka: false,
  registry: false,
  temporal: false,
  sandbox: false,
};

let squatter: Server;
let taken: number;

beforeEach(async () => {
  squatter = createServer().listen(0, '127.0.0.1');
  await once(squatter, 'listening');
  taken = (squatter.address() as AddressInfo).port;
});
afterEach(() => new Promise((resolve) => squatter.close(resolve)));

async function configWith(settings: Record<string, number>): Promise<Config> {
  const names = ['GATEWAY_PORT', 'REALTIME_PORTS', 'WORKER_PORT', 'STATUS_PORT', 'REDIS_PORT'];
  const free = await Promise.all(names.map(async (name) => [name, await chosenPort(0)] as const));
  const ports = Object.entries({ ...Object.fromEntries(free), ...settings }).map(([name, port]) => [
    name,
    String(port),
  ]);
  return readConfig({ ...(await secretsOf('/nowhere')).byName, ...Object.fromEntries(ports) });
}

test('every taken port is told, each with the setting that moves it', async () => {
  const config = await configWith({ REDIS_PORT: taken, STATUS_PORT: taken });
  expect(await portFaults(config, { ...ELSEWHERE, redis: true })).toEqual([
    `Port ${taken} on 127.0.0.1 is taken by another program: stop that program, or set STATUS_PORT to a free port.`,
    `STATUS_PORT and REDIS_PORT both name port ${taken}: change one of them.`,
  ]);
});

test('the port of an engine that runs elsewhere is not asked for', async () => {
  expect(await portFaults(await configWith({ REDIS_PORT: taken }), ELSEWHERE)).toEqual([]);
});

test('free ports are no faults', async () => {
  expect(await portFaults(await configWith({}), ELSEWHERE)).toEqual([]);
});
