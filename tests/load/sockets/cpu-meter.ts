import { readdirSync } from 'node:fs';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import type { EngineUrls } from '#tests/harness/throwaway-engines.ts';
import type { Figures } from '../measure.ts';
import { cpuSeconds, parentOf } from './process-use.ts';

/** Processes by what they are, `nodes` or `Redis`: the processor time of each kind is counted with that of its children. */
export type ProcessKinds = Readonly<Record<string, readonly number[]>>;

/** Of a message, all processes together: where the machine is saturated, its inverse is the throughput. */
export const CPU_FIGURE = 'CPU µs a message';

/** Counts the processor time of other processes and of this one, the load generator. */
export class CpuMeter {
  readonly #kinds: ProcessKinds;
  readonly #figure: string;
  #before: Record<string, number>;

  /** @param figure what one unit is called in the report */
  constructor(kinds: ProcessKinds, figure: string = CPU_FIGURE) {
    this.#kinds = kinds;
    this.#figure = figure;
    this.#before = this.#seconds();
  }

  /** Forgets what came so far: the warm-up is over. */
  reset(): void {
    this.#before = this.#seconds();
  }

  /** Microseconds of user and system time for each of so many messages, in all and by kind. */
  read(messages: number): Figures {
    const now = this.#seconds();
    const each = Object.entries(now).map(([kind, seconds]) => [kind, seconds - this.#before[kind]!] as const);
    const perMessage = (seconds: number) => (seconds * 1_000_000) / messages;
    return Object.fromEntries([
      [this.#figure, perMessage(each.reduce((sum, [, seconds]) => sum + seconds, 0))],
      ...each.map(([kind, seconds]) => [`${this.#figure}, ${kind}`, perMessage(seconds)] as const),
    ]);
  }

  #seconds(): Record<string, number> {
    const { user, system } = process.cpuUsage();
    const others = Object.entries(this.#kinds).map(([kind, pids]) => [kind, withChildren(pids)] as const);
    return { ...Object.fromEntries(others), client: (user + system) / 1_000_000 };
  }
}

function withChildren(pids: readonly number[]): number {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && pids.includes(parentOf(Number(name)) ?? 0))
    .map(Number);
  return [...pids, ...children].reduce((sum, pid) => sum + cpuSeconds(pid), 0);
}

/** The servers of the engines, as they name their own processes. */
export async function engineProcesses({
  postgres,
  redis,
}: Pick<EngineUrls, 'postgres' | 'redis'>): Promise<ProcessKinds> {
  const sql = new Client({ connectionString: postgres });
  await sql.connect();
  const { rows } = await sql.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const postmaster = parentOf(rows[0]!.pid)!;
  await sql.end();
  const connection = new Redis(redis);
  const [, pid] = /process_id:(\d+)/.exec(await connection.info('server')) ?? [];
  await connection.quit();
  return { Postgres: [postmaster], Redis: [Number(pid)] };
}
