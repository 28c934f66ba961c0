import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeAwsKms } from '#infrastructure/keys/aws-kms.ts';
import { makeLocalKeys } from '#infrastructure/keys/local-keys.ts';
import { joinWrappingKeys } from '#infrastructure/keys/wrapping-keys.ts';
import { makeKeyCare } from '#services/messaging/encryption/key-care.ts';
import { DialogKeys } from '#services/messaging/encryption/dialog-keys.ts';
import { MINUTE } from '#shared/time.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { World } from '#tests/integration/messaging/world.ts';
import { type OpenKms, openKms } from './open-kms.ts';

let kms: OpenKms;
beforeAll(async () => {
  kms = await openKms();
}, 5 * MINUTE);
afterAll(async () => {
  await kms[Symbol.asyncDispose]();
});

test('a wrapped key that was altered, given for another context, or asked for by a stranger does not unwrap', async () => {
  const keys = makeAwsKms(kms.options);
  const wrapped = await keys.wrap(randomBytes(64), 'dialog:a:1');
  await expect(keys.unwrap(wrapped, 'dialog:b:1')).rejects.toThrow(/InvalidCiphertext/);
  const altered = Buffer.from(wrapped.sealed);
  altered.writeUInt8(altered.readUInt8(altered.length - 1) ^ 1, altered.length - 1);
  await expect(keys.unwrap({ ...wrapped, sealed: altered }, 'dialog:a:1')).rejects.toThrow(/InvalidCiphertext/);
  const stranger = makeAwsKms({ ...kms.options, secretAccessKey: 'a guess' });
  await expect(stranger.unwrap(wrapped, 'dialog:a:1')).rejects.toThrow(/403/);
});

test('a service that is away, or fails three times, is told from one that refuses', async () => {
  let calls = 0;
  const server = createServer((_request, response) => {
    calls += 1;
    response.writeHead(500).end('{"__type":"KMSInternalException"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const keys = makeAwsKms({ ...kms.options, url });
  await expect(keys.wrap(randomBytes(64), 'dialog:a:1')).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  expect(calls).toBe(3);
  await new Promise((resolve) => server.close(resolve));
  await expect(keys.wrap(randomBytes(64), 'dialog:a:1')).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
});

test('a wrapped key unwraps in another process, and holds no byte of the key in clear', async () => {
  const key = randomBytes(64);
  const wrapped = await makeAwsKms(kms.options).wrap(key, 'dialog:a:1');
  expect(wrapped.wrappedBy).toBe(`aws-kms:${kms.options.keyId}`);
  expect(Buffer.from(wrapped.sealed).includes(key.subarray(0, 8))).toBe(false);
  expect(Buffer.from(await makeAwsKms(kms.options).unwrap(wrapped, 'dialog:a:1'))).toEqual(key);
});

test('the keys of dialogs move from local keys to KMS, and everything stays readable', async () => {
  await using db = await freshDatabase();
  const messageKey = randomBytes(32).toString('hex');
  const world = new World(db.databases, undefined, [messageKey]);
  const [ann, ben] = world.people(2);
  const dialog = await world.direct(ann!, ben!);
  await world.say(ann!, dialog.id, 'before the move');

  const management = joinWrappingKeys(makeAwsKms(kms.options), makeLocalKeys([messageKey]));
  const care = makeKeyCare({ databases: db.databases, management, outbox: db.outbox });
  const material = await new DialogKeys(db.databases, management).current(dialog.id);
  expect(await care.rewrap()).toBe(1);
  expect(await care.rewrap()).toBe(0);
  const moved = await new DialogKeys(db.databases, makeAwsKms(kms.options)).current(dialog.id);
  expect(moved.cipher.equals(material.cipher)).toBe(true);
});
