import { ConfigError, readConfig } from '#infrastructure/config/read-config.ts';
import type { Config } from '#infrastructure/config/settings.ts';
import type { Log } from '#shared/log.ts';
import { SECOND } from '#shared/time.ts';
import { makeLog } from './log.ts';
import { giveBackStartMemory } from './start-memory.ts';

/** From the request to stop until the process ends by force. */
const DRAIN_WITHIN_MS = 25 * SECOND;

/** A role that serves. */
export type RunningRole = {
  /** Takes no more work, finishes what it has begun, and lets go of every resource. Called once. */
  stop(): Promise<void>;
};

/**
 * The life of a process that plays one role. Called by its `main.ts`, and by nothing else.
 *
 * Reads the configuration; prints its faults plainly and exits with 1 when there are any. Starts the role. SIGTERM,
 * SIGINT, or the end of the supervisor at the other end of the IPC channel stop it: exit code 0, or 1 when it does not
 * end within 25 s. A failure nobody caught is logged and ends the process with 1: its state can no longer be trusted.
 */
export function runRole(name: string, start: (config: Config, log: Log) => Promise<RunningRole>): void {
  const config = configOrExit();
  const log = makeLog(name, config.LOG_LEVEL);
  const die = (message: string) => (err: unknown) => {
    log.error({ err }, message);
    process.exit(1);
  };
  process.on('uncaughtException', die('an exception that nobody caught'));
  process.on('unhandledRejection', die('a rejection that nobody handled'));

  const started = start(config, log);
  started.then(() => {
    log.info({}, 'started');
    giveBackStartMemory();
  }, die('could not start'));

  let stopping = false;
  const stop = (why: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ why }, 'stopping');
    setTimeout(() => {
      log.warn({}, `still busy after ${DRAIN_WITHIN_MS / SECOND} s, ending by force`);
      process.exit(1);
    }, DRAIN_WITHIN_MS).unref();
    started
      .then((role) => role.stop())
      .then(() => {
        log.info({}, 'stopped');
        process.exit(0);
      }, die('could not stop in good order'));
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  if (process.channel !== undefined) process.on('disconnect', () => stop('the supervisor is gone'));
}

function configOrExit(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return process.exit(1);
  }
}
