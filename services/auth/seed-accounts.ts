import { randomInt } from 'node:crypto';
import type { Role } from '#shared/caller.ts';
import type { SessionId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { COUNTRY_FACTS } from '#shared/regions.ts';
import { type Databases, type Sql, statement } from '#shared/sql.ts';
import type { Clock } from '#shared/time.ts';
import { hashPin } from './pin-hash.ts';
import { firstRefreshToken, pairId, refreshHash } from './refresh-token.ts';
import { SESSION_LIFE_MS } from './rules.ts';
import type { Secrets } from './secrets.ts';
import type { Tokens } from './tokens.ts';

const HOME = 'TH';
const BATCH_MAX = 1_000;
/** 08 and 09 numbers: 200 million, so that a draw is rarely taken. Of 06, some are no mobile lines, and get no codes. */
const SUBSCRIBERS = 100_000_000;
const LEADING_DIGITS = ['8', '9'] as const;

const INSERT_ACCOUNTS = statement(
  'auth.seed-accounts',
  `INSERT INTO auth.accounts (id, phone_number, country_code, role, display_name, locale, timezone)
   SELECT seed.id, seed.phone_number, $3, $4, 'Tester ' || right(seed.id::text, 4), $5, $6
   FROM unnest($1::uuid[], $2::text[]) AS seed (id, phone_number)
   ON CONFLICT DO NOTHING
   RETURNING accounts.id, accounts.phone_number`,
);
const INSERT_SESSIONS = statement(
  'auth.seed-sessions',
  `INSERT INTO auth.sessions (id, account_id, refresh_hash, user_agent, ip_address, second_factor_at, expires_at)
   SELECT seed.id, seed.account_id, seed.refresh_hash, 'seed', '127.0.0.1', now(),
     now() + $4::bigint * interval '1 millisecond'
   FROM unnest($1::uuid[], $2::uuid[], $3::bytea[]) AS seed (id, account_id, refresh_hash)`,
);
const INSERT_PINS = statement(
  'auth.seed-pins',
  `INSERT INTO auth.pins (account_id, hash) SELECT seed.account_id, $2 FROM unnest($1::uuid[]) AS seed (account_id)`,
);

export type SeedAccounts = { readonly count: number; readonly role: Role; readonly pin?: string | undefined };

export type SeededAccount = {
  readonly user_id: UserId;
  readonly phone_number: string;
  readonly access_token: string;
  readonly refresh_token: string;
};

export type SeedAccountsPorts = {
  readonly databases: Databases;
  readonly secrets: Secrets;
  readonly tokens: Pick<Tokens, 'signAccess'>;
  readonly clock: Clock;
};

/**
 * Makes Thai accounts straight in the store, each logged in once, with a second factor where its role asks for one
 * taken as shown. For development and tests: nothing is announced, and all accounts of one run share the salt of their PIN, since ten thousand hashes would take minutes.
 */
export async function seedAccounts(
  ports: SeedAccountsPorts,
  { count, role, pin }: SeedAccounts,
): Promise<SeededAccount[]> {
  const pinHash = pin === undefined ? undefined : await hashPin(ports.secrets, pin);
  const seeded: SeededAccount[] = [];
  while (seeded.length < count) {
    const size = Math.min(BATCH_MAX, count - seeded.length);
    seeded.push(...(await seedBatch(ports, { size, role, pinHash })));
  }
  return seeded;
}

type Batch = { readonly size: number; readonly role: Role; readonly pinHash: string | undefined };

/** As many as `size`, or fewer when some of the numbers drawn were taken. */
async function seedBatch(ports: SeedAccountsPorts, { size, role, pinHash }: Batch): Promise<SeededAccount[]> {
  const logins = await ports.databases.of(HOME).transaction(async (tx) => {
    const accounts = await insertAccounts(tx, size, role);
    const ids = accounts.map(({ id }) => id);
    if (pinHash !== undefined) await tx.rows(INSERT_PINS, [ids, pinHash]);
    const opened = accounts.map((account) => {
      const sessionId = newId<SessionId>(HOME);
      return { account, sessionId, refreshToken: firstRefreshToken(ports.secrets, sessionId) };
    });
    const hashes = opened.map(({ refreshToken }) => refreshHash(refreshToken));
    await tx.rows(INSERT_SESSIONS, [opened.map(({ sessionId }) => sessionId), ids, hashes, SESSION_LIFE_MS]);
    return opened;
  });
  return await Promise.all(
    logins.map(async ({ account, sessionId, refreshToken }) => ({
      user_id: account.id,
      phone_number: account.phone_number,
      access_token: await ports.tokens.signAccess({
        userId: account.id,
        sessionId,
        role,
        country: HOME,
        tokenId: pairId(ports.secrets, refreshToken),
        issuedAt: ports.clock(),
      }),
      refresh_token: refreshToken,
    })),
  );
}

type Inserted = { readonly id: UserId; readonly phone_number: string };

async function insertAccounts(sql: Sql, size: number, role: Role): Promise<Inserted[]> {
  const { locale, timezone } = COUNTRY_FACTS[HOME];
  const phones = [...new Set(Array.from({ length: size }, drawNumber))];
  const ids = phones.map(() => newId<UserId>(HOME));
  return await sql.rows<Inserted>(INSERT_ACCOUNTS, [ids, phones, HOME, role, locale, timezone]);
}

function drawNumber(): string {
  const leading = LEADING_DIGITS[randomInt(LEADING_DIGITS.length)]!;
  return `+66${leading}${randomInt(SUBSCRIBERS).toString().padStart(8, '0')}`;
}
