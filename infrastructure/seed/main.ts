import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readConfig } from '#infrastructure/config/read-config.ts';
import { openKeyManagement } from '#infrastructure/keys/open-key-management.ts';
import { makeOutbox } from '#infrastructure/events/outbox.ts';
import { dataFolder } from '#infrastructure/local/storage/folders.ts';
import { clusterEnvironment } from '#infrastructure/local/supervisor/environment.ts';
import { secretsOf } from '#infrastructure/local/supervisor/secrets.ts';
import { openDatabases } from '#infrastructure/postgres/databases.ts';
import { makeLog } from '#infrastructure/process/log.ts';
import { seedAccounts, type SeededAccount } from '#services/auth/seed-accounts.ts';
import { openKeyRing } from '#services/auth/key-ring.ts';
import { makeTokens } from '#services/auth/tokens.ts';
import { authSecrets } from '#services/wire-auth.main.ts';
import { seedShops } from '#services/commerce/seed-shops.ts';
import { seedWallets } from '#services/payments/seed-wallets.ts';
import { readArguments, type SeedArguments } from './arguments.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** A seeded account as the command writes it. */
type Seeded = SeededAccount & { readonly wallet_id?: string; readonly shop_id?: string };

/** Makes the accounts, and what their role and the arguments ask for beside them. */
async function seed({ users, role, pin, balance }: SeedArguments): Promise<Seeded[]> {
  const secrets = await secretsOf(dataFolder(process.env, ROOT));
  const config = readConfig(clusterEnvironment(process.env, secrets));
  if (config.TCHAT_PROFILE === 'production') throw new Error('There is no seeding in the production profile.');
  await using databases = openDatabases(config, 'seed');
  const clock = () => new Date();
  const outbox = makeOutbox();
  const keys = await openKeyRing({
    core: databases.of('core'),
    wrapping: openKeyManagement(config),
    firstKeys: config.TOKEN_SIGNING_KEYS,
    log: makeLog('seed', 'warn'),
  });
  const tokens = makeTokens({ keys, issuer: config.PUBLIC_URL, clock });
  const accounts = await seedAccounts(
    { databases, secrets: authSecrets(config), tokens, clock },
    { count: users, role, pin },
  );
  const ids = accounts.map((account) => account.user_id);
  const wallets =
    balance === undefined ? [] : await seedWallets({ core: databases.of('core'), outbox, clock }, ids, balance);
  const merchants = ids.map((userId) => ({ userId, country: 'TH' as const }));
  await keys.close();
  const shops = role === 'merchant' ? await seedShops({ databases, outbox, clock }, merchants) : [];
  return accounts.map((account, place) => ({
    ...account,
    ...(wallets[place] === undefined ? {} : { wallet_id: wallets[place] }),
    ...(shops[place] === undefined ? {} : { shop_id: shops[place] }),
  }));
}

try {
  const args = readArguments(process.argv.slice(2));
  const seeded = await seed(args);
  await writeFile(args.out, `${JSON.stringify(seeded, undefined, 2)}\n`);
  console.log(`${seeded.length} accounts written to ${args.out}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
