import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** Runs a load generator in a process of its own: what it shall do goes by IPC, what it measured comes back. */
export async function inOwnProcess<Load extends object, Result>(script: URL, load: Load): Promise<Result> {
  const child = fork(script.pathname, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`the load generator ended with code ${code} and no result`);
  });
  // When the result comes first, the exit that follows it is no failure.
  failed.catch(() => undefined);
  child.send(load);
  const [result] = (await Promise.race([once(child, 'message'), failed])) as [Result];
  await failed.catch(() => undefined);
  return result;
}

/** Starts a server of a baseline and waits for its word that it serves; it ends when disposed of, or with this process. */
export async function startChild(
  script: URL,
  args: readonly string[],
  execArgv: readonly string[] = [],
): Promise<AsyncDisposable & { readonly pid: number }> {
  const child: ChildProcess = fork(script.pathname, args, {
    execArgv: [...process.execArgv, ...execArgv],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  await once(child, 'message');
  return {
    pid: child.pid!,
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}
