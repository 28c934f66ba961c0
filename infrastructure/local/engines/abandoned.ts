import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SECOND } from '#shared/time.ts';
import { isRunning, processIdentity } from '../processes/identity.ts';
import { recordedProcesses } from '../processes/record.ts';
import { stopProcess } from '../processes/stop-process.ts';

const GONE_WITHIN_MS = 5 * SECOND;

const Starter = z.strictObject({ pid: z.number().int(), identity: z.string() });

/** Notes who started the engines of a throwaway folder. */
export async function noteStarter(dataDir: string): Promise<void> {
  const starter = { pid: process.pid, identity: processIdentity(process.pid) ?? '' };
  await writeFile(starterPath(dataDir), JSON.stringify(starter));
}

/**
 * Kills the engines of every throwaway folder in `parent` whose starter died without stopping them, and removes the
 * folder: a test run that was killed has no other successor.
 */
export async function sweepAbandonedEngines(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const dataDir = join(parent, name);
    if (!(await isAbandoned(dataDir))) continue;
    await Promise.all(recordedProcesses(dataDir).map((who) => stopProcess(who, 'SIGKILL', GONE_WITHIN_MS)));
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** A folder without the note is none of ours. */
async function isAbandoned(dataDir: string): Promise<boolean> {
  const text = await readFile(starterPath(dataDir), 'utf8').catch(() => undefined);
  return text !== undefined && !isRunning(Starter.parse(JSON.parse(text)));
}

const starterPath = (dataDir: string) => join(dataDir, 'throwaway-engines.json');
