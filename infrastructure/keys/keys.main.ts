import { parseArgs } from 'node:util';
import { makeOutbox } from '#infrastructure/events/outbox.ts';
import { readCommandConfig } from '#infrastructure/local/command-config.ts';
import { openDatabases } from '#infrastructure/postgres/databases.ts';
import { rotateSigningKeys } from '#services/auth/rotate-signing-keys.ts';
import { listSigningKeys } from '#services/auth/signing-key-store.ts';
import { openKeyManagement } from './open-key-management.ts';

/** `npm run keys -- list | rotate [--now]`: the keys that sign access tokens. */

const USAGE = `Usage: npm run keys -- list | rotate [--now]
  list          the keys that sign or verify, the newest first
  rotate        publishes a new key, which signs from an hour later; the one before is retired after its last token
  rotate --now  a key may be stolen: the new one signs at once, and every access token of another is refused`;

async function run([command, ...more]: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...more], options: { now: { type: 'boolean', default: false } } });
  if (command !== 'list' && command !== 'rotate') throw new Error(USAGE);
  const config = await readCommandConfig();
  await using databases = openDatabases(config, 'keys');
  if (command === 'rotate') {
    const ports = { databases, outbox: makeOutbox(), wrapping: openKeyManagement(config) };
    const rotation = await rotateSigningKeys(ports, { now: values.now });
    if (rotation === undefined) console.log('A new key is waiting for its hour already; nothing was done.');
    else console.log(`${rotation.kid} signs from ${rotation.signsFrom.toISOString()}.`);
  }
  for (const key of await listSigningKeys(databases.of('core'))) {
    const until = key.verifies_until === null ? 'in use' : `retired ${key.verifies_until.toISOString()}`;
    console.log(`${key.kid}  signs from ${key.signs_from.toISOString()}  ${until}`);
  }
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
