import { styleText } from 'node:util';
import { TchatClient } from '#client/tchat-client.ts';
import { readConfig } from '#infrastructure/config/read-config.ts';
import { dataFolder } from '#infrastructure/local/storage/folders.ts';
import { clusterEnvironment } from '#infrastructure/local/supervisor/environment.ts';
import { secretsOf } from '#infrastructure/local/supervisor/secrets.ts';
import { AppError } from '#shared/errors.ts';
import { ShopId, UserId } from '#shared/ids.ts';
import { HOUR, SECOND } from '#shared/time.ts';
import { seed, type SeededUser } from '#tests/harness/seed.ts';
import { chat } from './chapters/chat.ts';
import { type Merchant, order } from './chapters/order.ts';
import { pay } from './chapters/pay.ts';
import { giveAddress, readBell } from './chapters/tell.ts';
import { prove } from './chapters/prove.ts';
import { teller } from './teller.ts';
import { logIn, type World, worldOf } from './world.ts';

const ROOT = new URL('../../', import.meta.url).pathname.replace(/\/$/, '');

/** Plays every main flow against the running cluster, as three people, and fails loudly when anything is wrong. */
async function play(): Promise<void> {
  const config = readConfig(clusterEnvironment(process.env, await secretsOf(dataFolder(process.env, ROOT))));
  const world = worldOf(config);
  await mustBeUp(world);
  const seeding = Promise.all([seeded('merchant'), seeded('ops')]);
  // Who waits for it later sees why it failed.
  seeding.catch(() => undefined);
  teller.chapter('Three people log in');
  const nok = await logIn(world, teller, { name: 'Nok', locale: 'th', node: 0 });
  const chai = await logIn(world, teller, { name: 'Chai', locale: 'en', node: 1 });
  const [merchant, reviewer] = await seeding;
  const ploy = merchantOf(world, merchant);
  try {
    await chat(world, teller, nok, chai);
    const address = await giveAddress(world, teller, chai);
    const walletId = await pay(world, teller, nok, chai);
    await prove(world, teller, nok, reviewer);
    await readBell(world, teller, chai, address);
    await order(world, teller, nok, ploy, walletId);
  } finally {
    for (const { client } of [nok, chai, ploy]) client.close();
  }
}

async function mustBeUp({ gatewayUrl }: World): Promise<void> {
  const ready = await fetch(`${gatewayUrl}/health/ready`).then(
    (response) => response.ok,
    () => false,
  );
  if (!ready)
    throw new Error(`No cluster answers at ${gatewayUrl}. Run npm start in another terminal, then try again.`);
}

/** Someone whom nobody becomes by logging in. */
async function seeded(role: 'merchant' | 'ops'): Promise<SeededUser> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== undefined));
  const [user] = await seed(env as Record<string, string>, { users: 1, role });
  if (user === undefined) throw new Error(`nobody was seeded as ${role}`);
  return user;
}

/** A merchant whose shop is verified already, so that the story can go on. */
function merchantOf(world: World, merchant: SeededUser): Merchant {
  const tokens = { ...merchant, expires_in: HOUR / SECOND };
  const client = new TchatClient({ baseUrls: [world.gatewayUrl], socketUrls: [world.gatewayUrl], tokens });
  client.connect();
  const person = {
    name: 'Ploy',
    id: UserId.parse(merchant.user_id),
    client,
    tokens,
    shopId: ShopId.parse(merchant.shop_id),
  };
  teller.does(person.name, `is a merchant with a verified shop, ${person.shopId}`);
  return person;
}

try {
  const startedAt = performance.now();
  await play();
  console.log(styleText('green', `\nEverything held, in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`));
} catch (error) {
  console.error(styleText('red', `\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`));
  if (error instanceof AppError && error.code === 'RATE_LIMIT_EXCEEDED') {
    console.error('This address has asked for too many codes. Wait, or start the cluster with RATE_LIMITS=relaxed.');
  }
  process.exitCode = 1;
}
