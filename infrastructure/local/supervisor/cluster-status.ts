import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { unreachable } from '#shared/errors.ts';
import { SECOND } from '#shared/time.ts';
import type { Kept } from './keep.ts';
import type { ForeignEngine } from './unit.ts';

const BYTES_PER_KIB = 1024;
const BYTES_PER_MB = 1_000_000;

const PartStatus = z.strictObject({
  name: z.string(),
  kind: z.enum(['role', 'engine', 'supervisor']),
  health: z.enum(['ready', 'not ready', 'starting', 'waiting to restart', 'stopped']),
  /** Absent while there is no process, and for an engine that somebody else runs. */
  pid: z.number().int().optional(),
  port: z.number().int().optional(),
  /** host:port of an engine that somebody else runs. */
  address: z.string().optional(),
  uptime_s: z.number().optional(),
  restarts: z.number().int().optional(),
  /** Resident memory of the process in megabytes; of Postgres, its first process only. */
  memory_mb: z.number().optional(),
  last_end: z.string().optional(),
});
export type PartStatus = z.infer<typeof PartStatus>;

export const ClusterStatus = z.strictObject({ at: z.iso.datetime(), ready: z.boolean(), parts: z.array(PartStatus) });
export type ClusterStatus = z.infer<typeof ClusterStatus>;

/** Asks every part at once how it is. */
export async function clusterStatus(kept: readonly Kept[], foreign: readonly ForeignEngine[]): Promise<ClusterStatus> {
  const parts = await Promise.all([...kept.map(statusOf), ...foreign.map(foreignStatus)]);
  const ready = kept.length > 0 && parts.every(({ health }) => health === 'ready');
  return { at: new Date().toISOString(), ready, parts: [...parts, ownStatus(ready)] };
}

async function statusOf({ unit, fate }: Kept): Promise<PartStatus> {
  const { phase, pid, startedAt, restarts, lastEnd } = fate();
  const part = {
    name: unit.name,
    kind: unit.kind,
    port: unit.port,
    restarts,
    ...(lastEnd !== undefined && { last_end: lastEnd }),
  };
  switch (phase) {
    case 'stopped':
      return { ...part, health: 'stopped' };
    case 'waiting':
      return { ...part, health: 'waiting to restart' };
    case 'starting':
      return { ...part, health: 'starting' };
    case 'running': {
      const ready = await unit.answers().catch(() => false);
      return { ...part, health: ready ? 'ready' : 'not ready', ...processFacts(pid, startedAt) };
    }
    default:
      return unreachable(phase);
  }
}

async function foreignStatus({ name, address, answers }: ForeignEngine): Promise<PartStatus> {
  return { name, kind: 'engine', address, health: (await answers()) ? 'ready' : 'not ready' };
}

function ownStatus(ready: boolean): PartStatus {
  const startedAt = new Date(Date.now() - process.uptime() * SECOND);
  return {
    name: 'supervisor',
    kind: 'supervisor',
    health: ready ? 'ready' : 'starting',
    ...processFacts(process.pid, startedAt),
  };
}

function processFacts(pid: number | undefined, startedAt: Date | undefined): Partial<PartStatus> {
  if (pid === undefined || startedAt === undefined) return {};
  const memory = residentBytes(pid);
  return {
    pid,
    uptime_s: Math.round((Date.now() - startedAt.getTime()) / SECOND),
    ...(memory !== undefined && { memory_mb: Math.round(memory / BYTES_PER_MB) }),
  };
}

function residentBytes(pid: number): number | undefined {
  try {
    const kib =
      process.platform === 'linux'
        ? /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
        : execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
    return kib === undefined ? undefined : Number(kib) * BYTES_PER_KIB;
  } catch {
    return undefined;
  }
}
