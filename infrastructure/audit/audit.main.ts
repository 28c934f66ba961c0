import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readConfig } from '#infrastructure/config/read-config.ts';
import { dataFolder } from '#infrastructure/local/storage/folders.ts';
import { clusterEnvironment, embeddedIn } from '#infrastructure/local/supervisor/environment.ts';
import { secretsOf } from '#infrastructure/local/supervisor/secrets.ts';
import { openDatabases } from '#infrastructure/postgres/databases.ts';
import { openHeadStore } from './head-stores.ts';
import { headKeys, openKeyText } from './signed-head.ts';
import { verifyAudit } from './verify-audit.ts';

const ROOT = resolve(import.meta.dirname, '../..');

const USAGE = `Checks who did what against what was signed of it.

  npm run audit -- verify [--key FILE]   recomputes every chain and compares it with the signed heads; 1 when one is broken
  npm run audit -- key                   the open key, with which others can check heads: PEM

The cluster is the one of the environment (DATABASE_URL, AUDIT_KEY, AUDIT_HEADS_DIR and the other settings), or the
embedded one. With --key the open key is read from a file, and AUDIT_KEY is not used.`;

const { positionals, values } = parseArgs({ allowPositionals: true, options: { key: { type: 'string' } } });
const dataDir = dataFolder(process.env, ROOT);
const folder = embeddedIn(process.env).postgres ? { AUDIT_HEADS_DIR: join(dataDir, 'audit-heads') } : {};
const config = readConfig(clusterEnvironment({ ...folder, ...process.env }, await secretsOf(dataDir)));
const keys = headKeys(config.AUDIT_KEY);

switch (positionals.join(' ')) {
  case 'key':
    console.log(openKeyText(keys).trimEnd());
    break;
  case 'verify':
    process.exitCode = await verify();
    break;
  default:
    console.error(USAGE);
    process.exitCode = 2;
}

async function verify(): Promise<number> {
  const openKey = values.key === undefined ? keys.open : createPublicKey(await readFile(values.key));
  await using databases = openDatabases(config, 'audit');
  const reports = await verifyAudit({ databases, store: openHeadStore(config), openKey, now: new Date() });
  for (const { chain, records, heads, faults } of reports) {
    console.log(`${chain}: ${records} records, ${heads} signed heads: ${faults.length === 0 ? 'whole' : 'BROKEN'}`);
    for (const fault of faults) console.log(`  ${fault}`);
  }
  return reports.some(({ faults }) => faults.length > 0) ? 1 : 0;
}
