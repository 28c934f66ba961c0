import { MINUTE } from '#shared/time.ts';
import { runCommand } from '../processes/run-command.ts';
import type { Step } from '../progress.ts';
import type { Environment } from './environment.ts';

const WITHIN_MS = 10 * MINUTE;

/**
 * Runs a script of the project to its end, in a process of its own: what it needs must not stay in the memory of the
 * supervisor.
 */
export async function runTask(
  script: string,
  cluster: { readonly root: string; readonly environment: Environment },
  step: Step,
): Promise<void> {
  await runCommand({
    command: process.execPath,
    args: [script],
    cwd: cluster.root,
    env: cluster.environment,
    timeoutMs: WITHIN_MS,
    signal: step.signal,
    onLine: step.doing,
  });
}
