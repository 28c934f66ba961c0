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
import type { SessionId } from '#shared/ids.ts';
import { grantRole } from './auth/staff.ts';

/** `npm run staff -- --phone +66… --role ops`: how staff come to be, in every profile. */

const USAGE = `Usage: npm run staff -- --phone +66812345678 --role ${ROLES.join('|')}
  The account must exist: whoever is to have the role logs in once before. Their sessions end. For ops and auditor a code
  is printed, to be handed over in person: with it they enrol their authenticator within a day.`;

async function run(): Promise<void> {
  const text = { type: 'string' } as const;
  const { phone, role } = parseArgs({ options: { phone: text, role: text } }).values;
  if (phone === undefined || !ROLES.includes(role as Role)) throw new Error(USAGE);
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
  const granted = await grantRole({ databases, outbox: makeOutbox(), feed: { publish } }, phone, role as Role, by);
  console.log(`${granted.userId} is ${role} from now on, and was logged out everywhere.`);
  if (granted.enrolmentCode !== undefined) console.log(`Enrolment code, good for a day: ${granted.enrolmentCode}`);
}

try {
  await run();
} catch (error) {
  const isUnknown = error instanceof AppError && error.code === 'NOT_FOUND';
  if (isUnknown) console.error('There is no active account of this number: they log in once before.');
  else console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
