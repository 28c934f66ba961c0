import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chosenPort } from '#infrastructure/local/processes/free-port.ts';
import { heapFlags } from '#infrastructure/process/heap-flags.ts';
import { launch, type Running } from '#infrastructure/local/processes/launch.ts';
import { SECOND } from '#shared/time.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const READY_WITHIN_MS = 60 * SECOND;
const STOP_WITHIN_MS = 30 * SECOND;
/** Characters of a log that an error shows. */
const LOG_SHOWN = 4_000;

export type RoleName = 'sandbox' | 'gateway' | 'realtime-1' | 'realtime-2' | 'worker';

const SCRIPTS: Readonly<Record<RoleName, string>> = {
  sandbox: 'infrastructure/sandbox/main.ts',
  gateway: 'gateway/main.ts',
  'realtime-1': 'realtime/main.ts',
  'realtime-2': 'realtime/main.ts',
  worker: 'workers/main.ts',
};

const ROLES = Object.keys(SCRIPTS) as RoleName[];

export type Cluster = {
  readonly gatewayUrl: string;
  readonly realtimeUrls: readonly [string, string];
  readonly sandboxUrl: string;
  readonly workerUrl: string;
  /** The environment that every role was started with; for tools that connect to the same engines. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends a role with SIGKILL, in the middle of whatever it does. */
  kill(role: RoleName): Promise<void>;
  /** Asks a role to end with SIGTERM, and settles with how it did: `code 0` when it drained in good order. */
  terminate(role: RoleName): Promise<string>;
  /** Starts a role that was ended, and returns when it is ready. */
  start(role: RoleName): Promise<void>;
  pid(role: RoleName): number;
  /** Where the logs of all roles are written, a file for each. */
  readonly logFolder: string;
  [Symbol.asyncDispose](): Promise<void>;
};

/**
 * The roles as processes of their own, on free ports, over engines that run already.
 *
 * @param environment what `testEnvironment` makes: engines, prefix and secrets
 * @param roles those to start; all of them when not said
 */
export async function startCluster(
  environment: Readonly<Record<string, string>>,
  roles: readonly RoleName[] = ROLES,
): Promise<Cluster> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tchat-cluster-'));
  const ports = {
    gateway: await chosenPort(0),
    'realtime-1': await chosenPort(0),
    'realtime-2': await chosenPort(0),
    worker: await chosenPort(0),
    sandbox: await chosenPort(0),
  } as const satisfies Record<RoleName, number>;
  const [smtpPort, apnsPort] = [await chosenPort(0), await chosenPort(0)];
  const at = (role: RoleName) => `http://127.0.0.1:${ports[role]}`;
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    ...(process.env['TCHAT_CACHE_DIR'] === undefined ? {} : { TCHAT_CACHE_DIR: process.env['TCHAT_CACHE_DIR'] }),
    GATEWAY_PORT: String(ports.gateway),
    REALTIME_PORTS: `${ports['realtime-1']},${ports['realtime-2']}`,
    WORKER_PORT: String(ports.worker),
    SANDBOX_PORT: String(ports.sandbox),
    PUBLIC_URL: at('gateway'),
    SANDBOX_URL: at('sandbox'),
    TWILIO_BASE_URL: `${at('sandbox')}/twilio`,
    VONAGE_BASE_URL: `${at('sandbox')}/vonage`,
    INFOBIP_BASE_URL: `${at('sandbox')}/infobip`,
    OMISE_BASE_URL: `${at('sandbox')}/omise`,
    STRIPE_BASE_URL: `${at('sandbox')}/stripe`,
    XENDIT_BASE_URL: `${at('sandbox')}/xendit`,
    FX_BASE_URL: `${at('sandbox')}/fx`,
    REGISTRY_BASE_URL: `${at('sandbox')}/registry`,
    SCREENING_BASE_URL: `${at('sandbox')}/screening`,
    SANDBOX_SMTP_PORT: String(smtpPort),
    SANDBOX_APNS_PORT: String(apnsPort),
    MAIL_PRIMARY_URL: `smtp://primary@127.0.0.1:${smtpPort}`,
    MAIL_SECONDARY_URL: `smtp://secondary@127.0.0.1:${smtpPort}`,
    MAIL_TLS: 'off',
    MAIL_EVENTS_URL: `${at('sandbox')}/ses/`,
    FCM_BASE_URL: `${at('sandbox')}/fcm`,
    FCM_TOKEN_URL: `${at('sandbox')}/fcm/token`,
    APNS_BASE_URL: `http://127.0.0.1:${apnsPort}`,
    ...environment,
  };
  const roleProcesses = new Map<RoleName, Running>();

  async function start(role: RoleName): Promise<void> {
    const launched = await launch({
      name: role,
      port: ports[role],
      dataDir,
      command: process.execPath,
      args: [...heapFlags(SCRIPTS[role]), join(ROOT, SCRIPTS[role])],
      env: { ...env, REALTIME_PORT: String(ports[role]) },
      cwd: ROOT,
      stopSignal: 'SIGTERM',
      stopWithinMs: STOP_WITHIN_MS,
      ipc: true,
    });
    roleProcesses.set(role, launched);
    await untilReady(launched);
  }

  /** @throws when a role that ran until now did not end in good order */
  async function stop(): Promise<void> {
    const faults = await Promise.all([...roleProcesses.values()].map(stopOne));
    await rm(dataDir, { recursive: true, force: true });
    const heads = environment['AUDIT_HEADS_DIR'];
    if (heads !== undefined) await rm(heads, { recursive: true, force: true });
    const fault = faults.find((text) => text !== undefined);
    if (fault !== undefined) throw new Error(fault);
  }

  try {
    await Promise.all(roles.map(start));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    gatewayUrl: at('gateway'),
    realtimeUrls: [at('realtime-1'), at('realtime-2')],
    sandboxUrl: at('sandbox'),
    workerUrl: at('worker'),
    env,
    start,
    kill: async (role) => {
      const running = roleProcesses.get(role);
      if (running === undefined) return;
      process.kill(running.pid, 'SIGKILL');
      await running.ended;
    },
    terminate: async (role) => {
      const running = roleProcesses.get(role);
      if (running === undefined) throw new Error(`${role} was not started`);
      process.kill(running.pid, 'SIGTERM');
      return await running.ended;
    },
    pid: (role) => roleProcesses.get(role)?.pid ?? 0,
    logFolder: join(dataDir, 'logs'),
    [Symbol.asyncDispose]: stop,
  };
}

/** What is wrong with how a role ends that is told to stop; nothing, if it drains, or has ended before. */
async function stopOne(role: Running): Promise<string | undefined> {
  const isOver = await Promise.race([role.ended.then(() => true), sleep(0, false)]);
  if (isOver) return undefined;
  await role.stop();
  const how = await role.ended;
  return how === 'code 0' ? undefined : `${role.name} ended with ${how}:\n${await endOfLog(role)}`;
}

async function endOfLog({ logPath }: Running): Promise<string> {
  return (await readFile(logPath, 'utf8').catch(() => '')).slice(-LOG_SHOWN);
}

/** Waits for the role's readiness; a role that ended instead fails with the end of its log. */
async function untilReady(role: Running): Promise<void> {
  let end: string | undefined;
  void role.ended.then((how) => (end = how));
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline && end === undefined) {
    const ready = await fetch(`http://127.0.0.1:${role.port}/health/ready`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    await sleep(50);
  }
  throw new Error(`${role.name} is not ready (${end ?? 'still starting'}):\n${await endOfLog(role)}`);
}
