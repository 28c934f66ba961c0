import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { makeOutbox } from '#infrastructure/events/outbox.ts';
import { readCommandConfig } from '#infrastructure/local/command-config.ts';
import { openDatabases } from '#infrastructure/postgres/databases.ts';
import { makeLog } from '#infrastructure/process/log.ts';
import { openRedis } from '#infrastructure/redis/connect.ts';
import { makeRevocationFeed } from '#infrastructure/redis/revocation-feed.ts';
import { ROLES, type Role } from '#shared/caller.ts';
import { AppError } from '#shared/errors.ts';
import { type SessionId, UserId } from '#shared/ids.ts';
import { parkedOf, reclaimAccount } from './auth/reclaim-account.ts';
import { grantRole } from './auth/staff.ts';

/**
 * `npm run staff -- --phone +66… --role ops`: how staff come to be, in every profile; and how an account comes back whose
 * number has gone to somebody else.
 */

const USAGE = `Usage: npm run staff -- --phone +66812345678 --role ${ROLES.join('|')}
       npm run staff -- --parked +66812345678
       npm run staff -- --reclaim USER_ID --phone +66898765432
  The account must exist: whoever is to have the role logs in once before. Their sessions end. For ops and auditor a code
  is printed, to be handed over in person: with it they enrol their authenticator within a day.
  --parked lists accounts that have lost this number to somebody else; --reclaim gives an account another number, one of them
  or one whose number was lost or stolen, after you have seen who its owner is. Its sessions end, limits are low for a day, and
  the number that it had is told. An account that has the new number is parked in its place.`;

async function run(): Promise<void> {
  const text = { type: 'string' } as const;
  const options = { phone: text, role: text, parked: text, reclaim: text };
  const { phone, role, parked, reclaim } = parseArgs({ options }).values;
  const userId = UserId.safeParse(reclaim).data;
  const isOne = [role, parked, reclaim].filter((value) => value !== undefined).length === 1;
  const isComplete = parked !== undefined || (phone !== undefined && (userId ?? ROLES.find((known) => known === role)));
  if (!isOne || !isComplete) throw new Error(USAGE);
  const config = await readCommandConfig();
  const log = makeLog('staff', 'warn');
  await using databases = openDatabases(config, 'staff');
  await using publisher = await openRedis({ url: config.REDIS_URL, name: 'staff-publish', log });
  await using subscriber = await openRedis({ url: config.REDIS_URL, name: 'staff-subscribe', log });
  const feed = makeRevocationFeed({ publisher, subscriber, prefix: config.REDIS_PREFIX, log });
  const by = `operator:${userInfo().username}`;
  // What is not heard is found by polling, within seconds.
  const publish = (ids: readonly SessionId[]) =>
    feed.publish(ids).catch((err: unknown) => log.warn({ err }, 'the end of sessions was not announced'));
  const ports = { databases, outbox: makeOutbox(), feed: { publish } };
  if (parked !== undefined) {
    for (const one of await parkedOf(databases, parked))
      console.log(`${one.account_id} until ${one.parked_at.toISOString()}`);
    return;
  }
  if (userId !== undefined) {
    const { parked: holder } = await reclaimAccount(ports, userId, phone!, by);
    console.log(`${userId} has that number from now on.`);
    if (holder !== undefined) console.log(`${holder}, which had it, is parked.`);
    return;
  }
  const granted = await grantRole(ports, phone!, role as Role, by);
  console.log(`${granted.userId} is ${role} from now on, and was logged out everywhere.`);
  if (granted.enrolmentCode !== undefined) console.log(`Enrolment code, good for a day: ${granted.enrolmentCode}`);
}

try {
  await run();
} catch (error) {
  const isUnknown = error instanceof AppError && error.code === 'NOT_FOUND';
  if (isUnknown) console.error('There is no such account. Whoever is to have a role logs in once before.');
  else console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
