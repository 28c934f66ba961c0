import { resolve } from 'node:path';
import { SECOND } from '#shared/time.ts';
import { dataFolder } from './storage/folders.ts';
import { ClusterStatus } from './supervisor/cluster-status.ts';
import { ownerOf } from './supervisor/owner.ts';
import { statusTable } from './supervisor/status-table.ts';

/** `npm run status`: how each part of the running cluster is. Exit code 0 when all are ready. */

const ANSWER_WITHIN_MS = 10 * SECOND;

const dataDir = dataFolder(process.env, resolve(import.meta.dirname, '../..'));
const owner = ownerOf(dataDir);

try {
  if (owner === undefined) throw new Error('no supervisor was ever started');
  const answer = await fetch(new URL('/status.json', owner.statusUrl), {
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  const status = ClusterStatus.parse(await answer.json());
  const { isTTY } = process.stdout;
  process.stdout.write(`${statusTable(status, isTTY)}\n`);
  process.exitCode = status.ready ? 0 : 1;
} catch (error) {
  process.stdout.write(`No cluster of ${dataDir} answers (${(error as Error).message}): npm start brings it up.\n`);
  process.exitCode = 1;
}
