import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { expect, test } from 'vitest';
import { makePayloadCodec } from './payload-codec.ts';

const OLD = '11'.repeat(32);
const NEW = '22'.repeat(32);

function payload(value: unknown): Payload {
  return defaultPayloadConverter.toPayload(value);
}

test('what is encoded can be read by no one without the key', async () => {
  const [sealed] = await makePayloadCodec([OLD]).encode([payload({ phone: '+66812345678' })]);
  expect(Buffer.from(sealed!.data!).toString('latin1')).not.toContain('66812345678');
  await expect(makePayloadCodec([NEW]).decode([sealed!])).rejects.toThrow(/No key/);
});

test('a payload that was changed on the way is refused', async () => {
  const codec = makePayloadCodec([OLD]);
  const [sealed] = await codec.encode([payload('order')]);
  sealed!.data![20]! ^= 1;
  await expect(codec.decode([sealed!])).rejects.toThrow();
});

test('after a rotation the old payloads are still read', async () => {
  const sealed = await makePayloadCodec([OLD]).encode([payload({ order: 7 })]);
  const [read] = await makePayloadCodec([NEW, OLD]).decode(sealed);
  expect(defaultPayloadConverter.fromPayload(read!)).toEqual({ order: 7 });
});

test('a payload that was never encrypted passes as it is', async () => {
  const plain = payload('hello');
  expect(await makePayloadCodec([OLD]).decode([plain])).toEqual([plain]);
});

test('without a key nothing is encrypted, or rather nothing begins', () => {
  expect(() => makePayloadCodec([])).toThrow(/no key/);
});

test('the newest key writes, and says which it was', async () => {
  const key = async (keys: readonly string[]) => (await makePayloadCodec(keys).encode([payload('x')]))[0]!.metadata!;
  expect((await key([NEW, OLD]))['encryption-key-id']).toEqual((await key([NEW]))['encryption-key-id']);
  expect((await key([NEW, OLD]))['encryption-key-id']).not.toEqual((await key([OLD]))['encryption-key-id']);
});
