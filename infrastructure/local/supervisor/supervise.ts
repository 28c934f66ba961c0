import { giveBackStartMemory } from '#infrastructure/process/start-memory.ts';
import { SECOND } from '#shared/time.ts';
import { recordedProcesses } from '../processes/record.ts';
import { stopProcess } from '../processes/stop-process.ts';
import { cacheFolder, dataFolder } from '../storage/folders.ts';
import { addresses } from './addresses.ts';
import { startCluster } from './cluster.ts';
import { settingsOf } from './cluster-settings.ts';
import { embeddedIn, type Environment, reachable } from './environment.ts';
import { ownFolder, tellOwner, tellStopping } from './owner.ts';
import { elapsed, makeReporter, type Reporter } from './reporter.ts';
import { keepSecrets } from './secrets.ts';

const GONE_WITHIN_MS = 2 * SECOND;

type Supervision = {
  /** The checkout whose roles are run. */
  readonly root: string;
  readonly env: Environment;
  readonly dataDir: string;
  readonly reporter: Reporter;
  readonly stopping: AbortSignal;
};

/**
 * Runs the whole cluster of a checkout on this machine until SIGINT or SIGTERM, and ends this process: with 0 when it
 * was stopped in order, with 1 when it could not be started, or was told twice to stop and killed everything.
 */
export async function supervise(root: string): Promise<never> {
  const dataDir = dataFolder(process.env, root);
  const reporter = makeReporter(process.stdout);
  const stopping = new AbortController();
  /** Set once everything is being killed: only that may end the process from then on. */
  let ending: Promise<never> | undefined;
  const endNow = (why: string) => (ending ??= killEverything(dataDir, reporter, why));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) void endNow(`${signal} again: ending everything at once.`);
      else stopping.abort();
    });
  }
  process.on('uncaughtException', (error) => {
    stopping.abort();
    void endNow(`The supervisor broke: ${error.stack}`);
  });
  try {
    await run({ root, env: process.env, dataDir, reporter, stopping: stopping.signal });
  } catch (error) {
    // Called off before it was up: what had been started is stopped by now, which is all that was asked for.
    if (!stopping.signal.aborted) {
      reporter.line(error instanceof Error ? error.message : String(error));
      process.exit(1);
    }
  }
  if (ending !== undefined) return ending;
  reporter.line('Stopped.');
  return process.exit(0);
}

async function run({ root, env, dataDir, reporter, stopping }: Supervision): Promise<void> {
  const began = performance.now();
  // First with secrets that are not kept, so that a broken setting is told before anything is written or locked.
  const { config } = await settingsOf(env, dataDir);
  using _folder = await ownFolder(dataDir, {
    onWait: ({ pid }) => reporter.line(`The cluster of pid ${pid} is still stopping: waiting for it to end.`),
    signal: stopping,
  });
  const settings = await settingsOf(env, dataDir);
  await keepSecrets(dataDir, settings.secrets);
  tellOwner(dataDir, `http://${reachable(config.HOST)}:${config.STATUS_PORT}`);
  stopping.addEventListener('abort', () => tellStopping(dataDir), { once: true });

  const embedded = embeddedIn(env);
  const cache = cacheFolder(env);
  await using _cluster = await startCluster({
    root,
    dataDir,
    cache,
    embedded,
    ...settings,
    reporter,
    signal: stopping,
  });
  reporter.line(`\nTchat is up after ${elapsed(began)}.\n`);
  for (const line of addresses(config, dataDir)) reporter.line(line);
  reporter.line('\nCtrl-C stops it.');
  giveBackStartMemory();
  if (!stopping.aborted) await new Promise((resolve) => stopping.addEventListener('abort', resolve, { once: true }));
  reporter.line('Stopping; Ctrl-C once more ends everything at once.');
}

/** The way out when there is no patience or no trust left: every process is killed, and the next start repairs. */
async function killEverything(dataDir: string, reporter: Reporter, why: string): Promise<never> {
  reporter.line(why);
  await Promise.all(recordedProcesses(dataDir).map((who) => stopProcess(who, 'SIGKILL', GONE_WITHIN_MS)));
  return process.exit(1);
}
