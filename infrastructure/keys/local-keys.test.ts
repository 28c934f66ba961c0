import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeLocalKeys } from './local-keys.ts';

const newKey = () => randomBytes(32).toString('hex');

test('a wrapped key that was altered, cut or given for another context does not unwrap', async () => {
  const keys = makeLocalKeys([newKey()]);
  const wrapped = await keys.wrap(randomBytes(64), 'dialog:a:1');
  await expect(keys.unwrap(wrapped, 'dialog:b:1')).rejects.toThrow();
  const altered = Buffer.from(wrapped.sealed);
  altered.writeUInt8(altered.readUInt8(20) ^ 1, 20);
  await expect(keys.unwrap({ ...wrapped, sealed: altered }, 'dialog:a:1')).rejects.toThrow();
  await expect(keys.unwrap({ ...wrapped, sealed: wrapped.sealed.subarray(0, 8) }, 'dialog:a:1')).rejects.toThrow();
});

test('a key wrapped by another wrapping key is refused by name', async () => {
  const wrapped = await makeLocalKeys([newKey()]).wrap(randomBytes(64), 'dialog:a:1');
  await expect(makeLocalKeys([newKey()]).unwrap(wrapped, 'dialog:a:1')).rejects.toThrow(wrapped.wrappedBy);
});

test('a wrapped key unwraps in another process with the same wrapping key, and holds no byte of the key in clear', async () => {
  const messageKey = newKey();
  const key = randomBytes(64);
  const wrapped = await makeLocalKeys([messageKey]).wrap(key, 'dialog:a:1');
  expect(Buffer.from(wrapped.sealed).includes(key.subarray(0, 8))).toBe(false);
  expect(Buffer.from(await makeLocalKeys([messageKey]).unwrap(wrapped, 'dialog:a:1'))).toEqual(key);
});

test('the first of several keys wraps, and every one unwraps', async () => {
  const [older, newer] = [newKey(), newKey()];
  const key = randomBytes(64);
  const wrapped = await makeLocalKeys([older]).wrap(key, 'dialog:a:1');
  const both = makeLocalKeys([newer, older]);
  expect(Buffer.from(await both.unwrap(wrapped, 'dialog:a:1'))).toEqual(key);
  const anew = await both.wrap(key, 'dialog:a:1');
  expect(anew.wrappedBy).toBe(both.wrapsBy);
  expect(Buffer.from(await makeLocalKeys([newer]).unwrap(anew, 'dialog:a:1'))).toEqual(key);
});
