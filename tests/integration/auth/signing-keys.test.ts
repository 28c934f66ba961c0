import { decodeProtectedHeader } from 'jose';
import { expect, test } from 'vitest';
import { openKeyManagement } from '#infrastructure/keys/open-key-management.ts';
import { makeAuthenticate } from '#services/auth/authenticate.ts';
import { type KeyRing, openKeyRing } from '#services/auth/key-ring.ts';
import { careForSigningKeys, rotateSigningKeys } from '#services/auth/rotate-signing-keys.ts';
import { readKeyPairs } from '#services/auth/signing-keys.ts';
import { makeTokens } from '#services/auth/tokens.ts';
import type { SessionId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { firstRow, statement } from '#shared/sql.ts';
import { DAY, HOUR, MINUTE } from '#shared/time.ts';
import { testConfig } from '#tests/harness/config.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';

const UNAUTHORIZED = { code: 'UNAUTHORIZED' };
const ROTATE_EVERY_MS = 30 * DAY;
const ROWS = statement(
  'test.signing-keys',
  'SELECT kid, sealed, wrapped_by, verifies_until FROM auth.signing_keys ORDER BY signs_from, kid',
);
type Row = {
  readonly kid: string;
  readonly sealed: Buffer | null;
  readonly wrapped_by: string | null;
  readonly verifies_until: Date | null;
};

/** The keys of a database of its own, as several processes follow them. */
async function openKeys() {
  const resources = new AsyncDisposableStack();
  const db = resources.use(await freshDatabase());
  const config = testConfig(db.url);
  const core = db.databases.of('core');
  const ports = { databases: db.databases, outbox: db.outbox, wrapping: openKeyManagement(config) };
  const grant = {
    userId: newId<UserId>('TH'),
    sessionId: newId<SessionId>('TH'),
    role: 'user',
    country: 'TH',
    tokenId: 'one',
  } as const;

  async function process(firstKeys = config.TOKEN_SIGNING_KEYS, wrapping = ports.wrapping) {
    const ring: KeyRing = await openKeyRing({ core, wrapping, firstKeys, log: quietLog });
    resources.defer(() => ring.close());
    const tokens = makeTokens({ keys: ring, issuer: 'https://tchat.example', clock: () => new Date() });
    return {
      ring,
      kids: () => ring.jwks().keys.map(({ kid }) => kid),
      sign: () => tokens.signAccess({ ...grant, issuedAt: new Date() }),
      verify: (token: string) => tokens.verifyAccess(token),
      authenticate: makeAuthenticate({
        tokens,
        keys: ring,
        revocations: { check: () => undefined },
        clock: () => new Date(),
      }),
    };
  }

  return {
    config,
    ports,
    process,
    rows: () => core.rows<Row>(ROWS),
    firstKid: readKeyPairs(config.TOKEN_SIGNING_KEYS)[0].kid,
    run: (sql: string, values: readonly unknown[] = []) => core.rows(statement('', sql), values),
    /** As if everything had been done so much earlier. */
    pass: async (ms: number) => {
      await core.rows(
        statement(
          '',
          `UPDATE auth.signing_keys SET signs_from = signs_from - $1::bigint * interval '1 millisecond',
             verifies_until = verifies_until - $1::bigint * interval '1 millisecond'`,
        ),
        [ms],
      );
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

const kidOf = (token: string) => decodeProtectedHeader(token).kid;

test('a token of a key that nobody published is refused, also when many of them come', async () => {
  await using keys = await openKeys();
  await using others = await openKeys();
  const [ours, theirs] = [await keys.process(), await others.process()];
  const token = await theirs.sign();
  const refusals = await Promise.allSettled(Array.from({ length: 50 }, () => ours.verify(token)));
  for (const refusal of refusals) expect(refusal).toMatchObject({ status: 'rejected', reason: UNAUTHORIZED });
});

test('private halves rest wrapped, bound to their own row, and the public ones are published without them', async () => {
  await using keys = await openKeys();
  const { ring } = await keys.process();
  await rotateSigningKeys(keys.ports);
  const [first, second] = await keys.rows();
  const [{ d }] = readKeyPairs(keys.config.TOKEN_SIGNING_KEYS);
  const dump = JSON.stringify(await keys.run('SELECT * FROM auth.signing_keys'));
  expect(dump).not.toContain(d);
  expect(first!.sealed!.includes(Buffer.from(d, 'base64url'))).toBe(false);
  const moved = { sealed: second!.sealed!, wrappedBy: second!.wrapped_by! };
  await expect(keys.ports.wrapping.unwrap(moved, `auth.signing-key:${first!.kid}`)).rejects.toThrow();
  for (const key of ring.jwks().keys)
    expect(Object.keys(key).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
});

test('processes that start at once agree on the keys to begin with', async () => {
  await using keys = await openKeys();
  const processes = await Promise.all(Array.from({ length: 5 }, () => keys.process()));
  expect(await keys.rows()).toHaveLength(1);
  const tokens = await Promise.all(processes.map(({ sign }) => sign()));
  expect(new Set(tokens.map(kidOf))).toEqual(new Set([keys.firstKid]));
});

test('a new key is published an hour before it signs, and the one before is good until its last token has ended', async () => {
  await using keys = await openKeys();
  const [signer, verifier] = [await keys.process(), await keys.process()];
  const old = await signer.sign();
  const rotation = await rotateSigningKeys(keys.ports);
  const { ahead_ms } = (await firstRow<{ ahead_ms: number }>(
    keys.ports.databases.of('core'),
    statement(
      '',
      'SELECT (extract(epoch FROM signs_from - published_at) * 1000)::float8 AS ahead_ms FROM auth.signing_keys WHERE kid = $1',
    ),
    [rotation!.kid],
  ))!;
  expect(ahead_ms).toBe(HOUR);

  const waiting = await keys.process();
  expect(waiting.kids()).toEqual([rotation!.kid, keys.firstKid]);
  expect(kidOf(await waiting.sign())).toBe(keys.firstKid);

  await keys.pass(HOUR + 1);
  const following = await keys.process();
  const fresh = await following.sign();
  expect(kidOf(fresh)).toBe(rotation!.kid);
  // The other process has not read the keys since, and is told of this one by the token itself.
  await expect(verifier.verify(fresh)).resolves.toBeDefined();
  await expect(following.verify(old)).resolves.toBeDefined();

  await keys.pass(HOUR + 5 * MINUTE);
  const later = await keys.process();
  expect(later.kids()).toEqual([rotation!.kid]);
  await expect(later.verify(old)).rejects.toMatchObject(UNAUTHORIZED);
});

test('a process that runs on signs with the new key when its hour has come, without being started again', async () => {
  await using keys = await openKeys();
  let skewMs = 0;
  const ring = await openKeyRing({
    core: keys.ports.databases.of('core'),
    wrapping: keys.ports.wrapping,
    firstKeys: keys.config.TOKEN_SIGNING_KEYS,
    log: quietLog,
    nowMs: () => performance.now() + skewMs,
  });
  const rotation = await rotateSigningKeys(keys.ports);
  // An unknown key makes it read again.
  expect(await ring.publicKey('none')).toBeUndefined();
  expect((await ring.signer()).kid).toBe(keys.firstKid);
  skewMs += HOUR;
  expect((await ring.signer()).kid).toBe(rotation!.kid);
  expect(await ring.publicKey(keys.firstKid)).toBeDefined();
  skewMs += HOUR + 5 * MINUTE;
  expect(await ring.publicKey(keys.firstKid)).toBeUndefined();
  await ring.close();
});

test('keys are rotated when they are due and not before, by one of all who look after them', async () => {
  await using keys = await openKeys();
  await keys.process();
  await careForSigningKeys(keys.ports, ROTATE_EVERY_MS);
  expect(await keys.rows()).toHaveLength(1);
  await keys.pass(ROTATE_EVERY_MS);
  await Promise.all(Array.from({ length: 5 }, () => careForSigningKeys(keys.ports, ROTATE_EVERY_MS)));
  expect(await keys.rows()).toHaveLength(2);
  await careForSigningKeys(keys.ports, ROTATE_EVERY_MS);
  expect(await keys.rows()).toHaveLength(2);
});

test('what has ended is forgotten: the private half once its successor signs, and the row with its last token', async () => {
  await using keys = await openKeys();
  await keys.process();
  const rotation = await rotateSigningKeys(keys.ports);
  await keys.pass(HOUR + 3 * MINUTE);
  await careForSigningKeys(keys.ports, ROTATE_EVERY_MS);
  expect(await keys.rows()).toMatchObject([
    { kid: keys.firstKid, sealed: null },
    { kid: rotation!.kid, sealed: expect.any(Buffer) as unknown },
  ]);
  await keys.pass(HOUR + 2 * MINUTE);
  await careForSigningKeys(keys.ports, ROTATE_EVERY_MS);
  expect(await keys.rows()).toMatchObject([{ kid: rotation!.kid, verifies_until: null }]);
});

test('a key that may be stolen is withdrawn at once, and the next one signs at once', async () => {
  await using keys = await openKeys();
  const one = await keys.process();
  const old = await one.sign();
  await rotateSigningKeys(keys.ports);
  const rotation = await rotateSigningKeys(keys.ports, { now: true });
  const other = await keys.process();
  expect(other.kids()).toEqual([rotation!.kid]);
  expect(kidOf(await other.sign())).toBe(rotation!.kid);
  await expect(other.verify(old)).rejects.toMatchObject(UNAUTHORIZED);
});

test('a process that has served a token refuses it once its key is withdrawn', async () => {
  await using keys = await openKeys();
  const one = await keys.process();
  const old = await one.sign();
  await expect(one.authenticate(old)).resolves.toMatchObject({ role: 'user' });
  const rotation = await rotateSigningKeys(keys.ports, { now: true });
  await expect.poll(() => one.kids(), { timeout: 25_000 }).toEqual([rotation!.kid]);
  await expect(one.authenticate(old)).rejects.toMatchObject(UNAUTHORIZED);
});

test('keys are wrapped anew under the wrapping key of the day', async () => {
  await using keys = await openKeys();
  const before = await keys.process();
  const next = 'ab'.repeat(32);
  const wrapping = openKeyManagement({ ...keys.config, MESSAGE_KEY: [next, ...keys.config.MESSAGE_KEY] });
  await careForSigningKeys({ ...keys.ports, wrapping }, ROTATE_EVERY_MS);
  expect((await keys.rows())[0]!.wrapped_by).toBe(wrapping.wrapsBy);
  const after = await keys.process(undefined, openKeyManagement({ ...keys.config, MESSAGE_KEY: [next] }));
  await expect(before.verify(await after.sign())).resolves.toBeDefined();
});

test('a rotation is told to auditors without anything of the key', async () => {
  await using keys = await openKeys();
  const rotation = await rotateSigningKeys(keys.ports);
  const told = await keys.run('SELECT type, data FROM events.outbox ORDER BY position');
  expect(told).toMatchObject([
    { type: 'auth.signing_key_published', data: { kid: rotation!.kid, others_withdrawn: false } },
    { type: 'audit.recorded', data: { action: 'auth.signing_key_published', subject: rotation!.kid } },
  ]);
});
