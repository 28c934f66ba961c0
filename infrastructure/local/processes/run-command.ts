import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** The last lines kept to explain a failure. */
const REMEMBERED_LINES = 15;

export type Command = {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  readonly timeoutMs: number;
  /** Ends the command when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /** Hears each line that the command prints on either stream. */
  readonly onLine?: ((line: string) => void) | undefined;
};

/**
 * Runs a command to its end.
 *
 * @returns the lines of its standard output.
 * @throws when it cannot be run, takes too long or ends with a failure; the message ends with its last lines.
 */
export async function runCommand(what: Command): Promise<string[]> {
  const child = spawn(what.command, what.args, {
    ...(what.cwd !== undefined && { cwd: what.cwd }),
    ...(what.env !== undefined && { env: what.env }),
    ...what.user,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: what.timeoutMs,
    ...(what.signal !== undefined && { signal: what.signal }),
  });
  const output: string[] = [];
  const recent: string[] = [];
  const hear = (keep: boolean) => (line: string) => {
    if (keep) output.push(line);
    recent.push(line);
    if (recent.length > REMEMBERED_LINES) recent.shift();
    what.onLine?.(line);
  };
  createInterface({ input: child.stdout }).on('line', hear(true));
  createInterface({ input: child.stderr }).on('line', hear(false));
  const failure = await new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, by) => resolve(code === 0 ? undefined : by === null ? `code ${code}` : `signal ${by}`));
  });
  if (failure === undefined) return output;
  throw new Error(`${what.command} ${what.args[0] ?? ''} failed (${failure})\n${recent.join('\n')}`.trimEnd());
}
