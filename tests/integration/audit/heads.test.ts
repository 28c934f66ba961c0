import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type HeadStore, makeBucketHeads, makeFolderHeads } from '#infrastructure/audit/head-stores.ts';
import { makeSignHeads } from '#infrastructure/audit/sign-heads.ts';
import { headKeys, isGenuine } from '#infrastructure/audit/signed-head.ts';
import { verifyAudit } from '#infrastructure/audit/verify-audit.ts';
import { auditChain } from '#infrastructure/events/audit-chain.ts';
import type { Log } from '#shared/log.ts';
import { MINUTE } from '#shared/time.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';
import { makeS3Store } from '#infrastructure/media-store/s3-store.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { openS3Server, S3_SERVER_WITHIN_MS, type S3Server } from '../media/s3-server.ts';
import { tell } from '../messaging/events-told.ts';

const keys = headKeys(randomBytes(32).toString('hex'));
const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function folderHeads(): Promise<HeadStore> {
  const folder = await mkdtemp(join(tmpdir(), 'tchat-heads-'));
  folders.push(folder);
  return makeFolderHeads(join(folder, 'heads'));
}

/** A chain, a signer of its ends, and someone who owns the tables and does what the app may not. */
async function openChain(log: Log = quietLog) {
  const db = await freshDatabase();
  const store = await folderHeads();
  let now = new Date();
  const ports = { databases: db.databases, store, keys, clock: () => now, log };
  const record = async (count: number) => {
    await asOwner(db, 'DELETE FROM events.outbox');
    const audit = Array.from({ length: count }, (_, at) => ({
      actor: 'system',
      action: 'test.done',
      subject: `thing ${at}`,
      region: 'TH' as const,
      outcome: 'ok' as const,
    }));
    await db.database.transaction((tx) => db.outbox.append(tx, { audit }));
    await tell(db.database, auditChain);
  };
  return {
    db,
    store,
    record,
    sign: makeSignHeads(ports),
    later: (ms: number) => void (now = new Date(now.getTime() + ms)),
    faults: async (openKey = keys.open) => {
      const [report] = await verifyAudit({ databases: db.databases, store, openKey, now });
      return report!.faults;
    },
    [Symbol.asyncDispose]: () => db[Symbol.asyncDispose](),
  };
}

async function asOwner(db: FreshDatabase, sql: string): Promise<void> {
  const client = new Client({ connectionString: db.ownerUrl });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

test('a chain whose end was cut off is found out, though what is left of it is whole', async () => {
  await using chain = await openChain();
  await chain.record(10);
  expect(await chain.sign()).toBe(1);
  expect(await chain.faults()).toEqual([]);
  await asOwner(chain.db, 'DELETE FROM events.audit WHERE number > 7');
  expect(await chain.faults()).toEqual(['the chain ends at record 7, and 10 were there when it was last signed']);
});

test('a chain that was made anew from its beginning is found out, though every hash fits', async () => {
  await using chain = await openChain();
  await chain.record(5);
  await chain.sign();
  await asOwner(chain.db, 'TRUNCATE events.audit');
  await chain.record(5);
  expect(await chain.faults()).toEqual([expect.stringMatching(/^record 5 is not the one that was signed/)]);
});

test('a record that was changed is found out', async () => {
  await using chain = await openChain();
  await chain.record(5);
  await chain.sign();
  await asOwner(chain.db, "UPDATE events.audit SET actor = 'someone else' WHERE number = 3");
  expect(await chain.faults()).toContain('the chain breaks at record 3');
});

test('a head that someone else signed, or changed, is not believed', async () => {
  await using chain = await openChain();
  await chain.record(5);
  await chain.sign();
  expect(await chain.faults(headKeys(randomBytes(32).toString('hex')).open)).toEqual(['the head 5 is not genuine']);
  const [head] = await chain.store.recent('core', 1);
  expect(isGenuine(keys.open, { ...head!, number: '4' })).toBe(false);
  expect(isGenuine(keys.open, head!)).toBe(true);
});

test('records that are kept from the signer show after two minutes, and so do heads that were removed', async () => {
  await using chain = await openChain();
  await chain.record(3);
  await chain.sign();
  await chain.record(2);
  expect(await chain.faults()).toEqual([]);
  chain.later(3 * MINUTE);
  expect(await chain.faults()).toEqual([expect.stringMatching(/^nothing was signed since record 3/)]);
  await chain.sign();
  expect(await chain.faults()).toEqual([]);
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
  expect(await chain.faults()).toEqual([expect.stringMatching(/^nothing was signed since record 0/)]);
});

test('an end is signed once, and one that contradicts an earlier head is told of and not signed', async () => {
  const errors: string[] = [];
  await using chain = await openChain({ ...quietLog, error: (_, message) => void errors.push(message) });
  await chain.record(4);
  expect([await chain.sign(), await chain.sign()]).toEqual([1, 0]);
  await asOwner(chain.db, 'DELETE FROM events.audit WHERE number > 2');
  expect([await chain.sign(), errors.length]).toEqual([0, 1]);
  expect((await chain.store.recent('core', 9)).map(({ number }) => number)).toEqual(['4']);
});

let s3: S3Server;
beforeAll(async () => {
  s3 = await openS3Server();
}, S3_SERVER_WITHIN_MS);
afterAll(() => s3[Symbol.asyncDispose]());

describe.each([
  ['a folder', folderHeads],
  ['a bucket', async () => makeBucketHeads(makeS3Store({ ...s3, region: undefined, prefix: 'audit-heads' }))],
] as const)('heads in %s', (_, openStore) => {
  test('come back as they were written, the newest last, as many as are asked for', async () => {
    const store = await openStore();
    expect(await store.recent('TH', 3)).toEqual([]);
    const head = { chain: 'TH', hash: 'a'.repeat(64), signed_at: '2026-11-24T09:00:00.000Z', signature: 'c2ln' };
    const heads = [1, 2, 3, 4].map((number) => ({
      ...head,
      number: String(number),
      ...(number === 1 ? {} : { previous: String(number - 1) }),
    }));
    for (const each of heads) await store.append(each);
    expect(await store.recent('TH', 2)).toEqual(heads.slice(2));
    expect(await store.recent('TH', 9)).toEqual(heads);
    expect(await store.recent('VN', 9)).toEqual([]);
  });
});
