import type { Config } from '#infrastructure/config/settings.ts';
import { heapFlags } from '#infrastructure/process/heap-flags.ts';
import { SECOND } from '#shared/time.ts';
import { httpAnswers } from '../processes/http-answers.ts';
import { launch } from '../processes/launch.ts';
import { type Embedded, type Environment, reachable } from './environment.ts';
import type { Unit } from './unit.ts';

/** A role drains for 25 s at most by its own rule; what is still there after that is ended. */
const STOP_WITHIN_MS = 30 * SECOND;

/** Threads share two heaps of glibc's malloc instead of having one each, most of it empty. */
const MALLOC_ARENAS = '2';

export type RoleContext = {
  readonly root: string;
  readonly dataDir: string;
  readonly config: Config;
  readonly environment: Environment;
  readonly embedded: Embedded;
};

type Role = {
  readonly name: string;
  readonly script: string;
  readonly port: number;
  readonly env?: Environment;
};

/** The roles of the embedded cluster, in the order in which they are stopped: what takes requests first. */
export function roleUnits(context: RoleContext): Unit[] {
  return rolesOf(context).map((role) => unitOf(role, context));
}

function rolesOf({ config, embedded }: RoleContext): Role[] {
  return [
    { name: 'gateway', script: 'gateway/main.ts', port: config.GATEWAY_PORT },
    ...config.REALTIME_PORTS.map((port) => ({
      name: `realtime-${port}`,
      script: 'realtime/main.ts',
      port,
      env: { REALTIME_PORT: String(port) },
    })),
    { name: 'worker', script: 'workers/main.ts', port: config.WORKER_PORT },
    ...(embedded.sandbox
      ? [{ name: 'sandbox', script: 'infrastructure/sandbox/main.ts', port: config.SANDBOX_PORT }]
      : []),
  ];
}

function unitOf({ name, script, port, env }: Role, { root, dataDir, config, environment }: RoleContext): Unit {
  const answers = () => httpAnswers(`http://${reachable(config.HOST)}:${port}/health/ready`);
  return {
    name,
    kind: 'role',
    port,
    answers,
    start: ({ signal }) =>
      launch({
        name,
        port,
        dataDir,
        command: process.execPath,
        args: [...heapFlags(script), script],
        // The password of the owner of the database stays with migrations.
        env: {
          NODE_ENV: 'production',
          MALLOC_ARENA_MAX: MALLOC_ARENAS,
          ...environment,
          ...env,
          DATABASE_OWNER_URL: undefined,
        },
        cwd: root,
        ipc: true,
        stopSignal: 'SIGTERM',
        stopWithinMs: STOP_WITHIN_MS,
        signal,
      }),
  };
}
