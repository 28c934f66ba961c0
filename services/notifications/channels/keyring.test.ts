import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeKeyring } from './keyring.ts';

const [older, newer] = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')];

test('what was sealed for one person does not open as another’s, nor when a bit of it has changed', () => {
  const keyring = makeKeyring([older]);
  const sealed = keyring.seal('malee', 'malee@mail.example');
  expect(() => keyring.open('somchai', sealed)).toThrow();
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    expect(() => keyring.open('malee', changed), `byte ${at}`).toThrow();
  }
  expect(keyring.open('malee', sealed)).toBe('malee@mail.example');
  expect(sealed.toString('latin1')).not.toContain('mail.example');
});

test('after a new key was put before it, what the old one made is still read, found and believed', () => {
  const before = makeKeyring([older]);
  const after = makeKeyring([newer, older]);
  expect(after.open('malee', before.seal('malee', 'text'))).toBe('text');
  expect(after.digests('email', 'a@b.example')).toContainEqual(before.digests('email', 'a@b.example')[0]);
  expect(after.isSigned(before.sign('a', 'b'), 'a', 'b')).toBe(true);
  expect(before.isSigned(after.sign('a', 'b'), 'a', 'b')).toBe(false);
  expect(() => before.open('malee', after.seal('malee', 'text'))).toThrow('NOTIFICATION_KEY');
});

test('a signature is good for what was signed and nothing else', () => {
  const keyring = makeKeyring([older]);
  const signature = keyring.sign('unsubscribe', 'malee', 'payments');
  expect(keyring.isSigned(signature, 'unsubscribe', 'malee', 'messaging')).toBe(false);
  expect(keyring.isSigned(signature, 'unsubscribe', 'malee payments')).toBe(false);
  expect(keyring.isSigned(`${signature.slice(0, -2)}AA`, 'unsubscribe', 'malee', 'payments')).toBe(false);
  expect(keyring.isSigned('', 'unsubscribe', 'malee', 'payments')).toBe(false);
});
