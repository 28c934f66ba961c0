import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MINUTE, SECOND } from '#shared/time.ts';
import { countChanges, countDead, isDrained, judge } from '#tests/chaos/events/judge.ts';
import { GROUPS, TABLES } from '#tests/chaos/events/tables.ts';
import type { Acknowledged } from '#tests/chaos/events/writer.main.ts';
import { until } from '#tests/chaos/patience.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { engines } from '#tests/harness/engines.ts';
import { asSuperuser } from '#tests/harness/template-database.ts';

const SCRIPTS = join(import.meta.dirname, '../chaos/events');
/** Beyond what a process asks to begin with, and twice as many as a turn of each group has. */
const STATEMENTS = 20;
const ENDED_WITHIN_MS = 30 * SECOND;

/** Starts a process of the chaos that ends itself with SIGKILL at a statement, or goes on. */
function start(script: string, args: readonly string[], dieAt?: string): ChildProcess {
  return fork(join(SCRIPTS, script), args, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    ...(dieAt === undefined ? {} : { execArgv: ['--import', join(SCRIPTS, 'die-at-statement.main.ts')] }),
    env: { ...process.env, DIE_AT_STATEMENT: dieAt },
  });
}

test(
  'a writer, a relay and a consumer that are killed at each of their statements leave one effect of each event',
  async () => {
    await using db = await freshDatabase();
    await asSuperuser(Object.assign(new URL(engines.postgres), { pathname: new URL(db.url).pathname }).href, ...TABLES);
    let acknowledged = 0;
    const hear = ({ acknowledged: more }: Acknowledged) => (acknowledged += more);

    /** One after the other, each lives for a statement more than the one before: until it is sent, or just before. */
    const dieAtEach = async (script: string, args: readonly string[]): Promise<number> => {
      let killed = 0;
      for (let statement = 1; statement <= STATEMENTS; statement += 1) {
        const dieAt = statement % 2 === 0 ? String(statement) : `${statement}:sent`;
        const child = start(script, args, dieAt).on('message', hear);
        const [, signal] = await once(child, 'exit', { signal: AbortSignal.timeout(ENDED_WITHIN_MS) });
        if (signal === 'SIGKILL') killed += 1;
      }
      return killed;
    };
    // There is always something to move and to handle.
    const steady = start('writer.main.ts', [db.url, '10']).on('message', hear);
    const writers = dieAtEach('writer.main.ts', [db.url, '5']);
    const relays = dieAtEach('carrier.main.ts', ['relay', db.url]);
    const consumers = dieAtEach('carrier.main.ts', ['consumer', db.url]);
    expect(await Promise.all([writers, relays, consumers])).toEqual([STATEMENTS, STATEMENTS, STATEMENTS]);

    steady.kill('SIGKILL');
    const sound = ['relay', 'consumer'].map((role) => start('carrier.main.ts', [role, db.url]));
    await until('every event has come to every group', () => isDrained(db.database));
    for (const child of sound) child.kill('SIGKILL');
    const changes = await countChanges(db.database);
    expect(changes).toBeGreaterThan(10 * STATEMENTS);
    expect(changes).toBeGreaterThanOrEqual(acknowledged);
    expect(await countDead(db.database)).toBe(0);
    for (const group of GROUPS) {
      expect(await judge(db.database, group)).toEqual({ effects: changes, lost: 0, doubled: 0, outOfOrder: 0 });
    }
  },
  3 * MINUTE,
);
