import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { isRunning, processIdentity } from './identity.ts';

/** What the data folder remembers of a process, so that a later start can find what a killed supervisor left behind. */
export const ProcessRecord = z.strictObject({
  name: z.string(),
  pid: z.number().int().min(2),
  identity: z.string(),
  port: z.number().int(),
  /** What asks this process to end in good order. */
  stopSignal: z.enum(['SIGTERM', 'SIGINT']),
});
export type ProcessRecord = z.infer<typeof ProcessRecord>;

/** Writes the record at once and whole, before anything is awaited: a kill must find either no process or its record. */
export function recordProcess(dataDir: string, process: Omit<ProcessRecord, 'identity'>): void {
  const identity = processIdentity(process.pid);
  if (identity === undefined) return;
  const path = recordPath(dataDir, process.name);
  mkdirSync(recordsDir(dataDir), { recursive: true });
  writeFileSync(`${path}.new`, JSON.stringify({ ...process, identity } satisfies ProcessRecord));
  renameSync(`${path}.new`, path);
}

export function forgetProcess(dataDir: string, name: string): void {
  rmSync(recordPath(dataDir, name), { force: true });
}

/** The recorded processes that still run; records of the dead and unreadable ones are dropped. */
export function recordedProcesses(dataDir: string): ProcessRecord[] {
  const running: ProcessRecord[] = [];
  for (const file of filesOf(recordsDir(dataDir))) {
    const path = join(recordsDir(dataDir), file);
    const record = readRecord(path);
    if (record !== undefined && isRunning(record)) running.push(record);
    else rmSync(path, { force: true });
  }
  return running;
}

function readRecord(path: string): ProcessRecord | undefined {
  try {
    return ProcessRecord.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

function filesOf(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}

const recordsDir = (dataDir: string) => join(dataDir, 'run');
const recordPath = (dataDir: string, name: string) => join(recordsDir(dataDir), `${name}.json`);
