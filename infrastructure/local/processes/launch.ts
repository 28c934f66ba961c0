import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { processIdentity } from './identity.ts';
import { openLogFile } from './log-file.ts';
import { forgetProcess, recordProcess } from './record.ts';
import { stopProcess } from './stop-process.ts';

/** A process that was started and is watched. */
export type Running = {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  readonly logPath: string;
  /** Settles when the process has ended, however that came: "code 1", "signal SIGKILL". Never rejects. */
  readonly ended: Promise<string>;
  /** Asks it to end, kills it when it does not, and returns when it is gone. */
  stop(): Promise<void>;
};

export type Launch = {
  readonly name: string;
  readonly port: number;
  readonly dataDir: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The unprivileged user to run as; absent to stay who we are. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  readonly stopSignal: 'SIGTERM' | 'SIGINT';
  readonly stopWithinMs: number;
  /** Once it aborts nothing is started any more. */
  readonly signal?: AbortSignal | undefined;
  /** Opens an IPC channel, whose end tells the child that its supervisor is gone. */
  readonly ipc?: boolean;
};

/**
 * Starts a process in a group of its own, so that a terminal's Ctrl-C reaches only the supervisor, which then ends
 * things in order. Its output is appended to `logs/NAME.log` in the data folder, and its pid is on record there.
 *
 * @throws when the command cannot be run at all.
 */
export async function launch(what: Launch): Promise<Running> {
  const logPath = join(what.dataDir, 'logs', `${what.name}.log`);
  what.signal?.throwIfAborted();
  const log = openLogFile(logPath);
  const child = spawn(what.command, what.args, {
    cwd: what.cwd,
    env: what.env,
    detached: true,
    stdio: ['ignore', log, log, ...(what.ipc ? (['ipc'] as const) : [])],
    ...what.user,
  });
  closeSync(log);
  const { pid } = child;
  if (pid !== undefined)
    recordProcess(what.dataDir, { name: what.name, pid, port: what.port, stopSignal: what.stopSignal });
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, by) => resolve(by === null ? `code ${code}` : `signal ${by}`));
    child.once('error', (error) => resolve(error.message));
  });
  if (pid === undefined) throw new Error(`${what.name} could not be started: ${await ended}`);
  const identity = processIdentity(pid) ?? '';
  const forgotten = ended.then((how) => {
    forgetProcess(what.dataDir, what.name);
    return how;
  });
  return {
    name: what.name,
    pid,
    port: what.port,
    logPath,
    ended: forgotten,
    stop: async () => {
      await stopProcess({ pid, identity }, what.stopSignal, what.stopWithinMs);
      await forgotten;
    },
  };
}
