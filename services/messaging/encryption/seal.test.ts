import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DialogId, MessageId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { keyOf, newKeyMaterial } from './dialog-key.ts';
import { type Body, type Place, fingerprint, open, seal } from './seal.ts';

const place: Place = {
  dialogId: newId<DialogId>('TH'),
  messageId: newId<MessageId>('TH'),
  senderId: newId<UserId>('TH'),
};
const material = newKeyMaterial();
const key = keyOf(material, 1);
const body: Body = { content: 'สวัสดี', metadata: { latitude: 13.75, longitude: 100.5 } };

describe('a sealed body', () => {
  test.each([
    ['dialog', { ...place, dialogId: newId<DialogId>('TH') }],
    ['message', { ...place, messageId: newId<MessageId>('TH') }],
    ['sender', { ...place, senderId: newId<UserId>('TH') }],
  ])('does not open when it is moved to another %s', (_, moved) => {
    expect(() => open(key, moved, seal(key, place, body))).toThrow();
  });

  test('does not open under another key or another version of it', () => {
    const sealed = seal(key, place, body);
    expect(() => open(keyOf(newKeyMaterial(), 1), place, sealed)).toThrow();
    expect(() => open(keyOf(material, 2), place, sealed)).toThrow();
  });

  test('does not open when any bit of it is changed, or when it is cut short', () => {
    const sealed = seal(key, place, body);
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(() => open(key, place, changed)).toThrow();
    }
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => open(key, place, sealed.subarray(0, length))).toThrow();
    }
  });

  test('opens to what was sealed, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.option(fc.dictionary(fc.string(), fc.string())),
        (content, labels) => {
          const metadata = labels === null ? null : { ...labels };
          expect(open(key, place, seal(key, place, { content, metadata }))).toEqual({ content, metadata });
        },
      ),
    );
  });

  test('is never the same twice', () => {
    const seals = Array.from({ length: 50 }, () => seal(key, place, body).toString('hex'));
    expect(new Set(seals).size).toBe(50);
  });
});

describe('a fingerprint', () => {
  const sent = { ...body, type: 'location', replyToId: null } as const;

  test('differs when type, content, metadata, reply or key differ', () => {
    const prints = [
      fingerprint(key, sent),
      fingerprint(key, { ...sent, type: 'text' }),
      fingerprint(key, { ...sent, content: 'สวัสดี ' }),
      fingerprint(key, { ...sent, metadata: null }),
      fingerprint(key, { ...sent, metadata: { latitude: 13.75, longitude: 100.6 } }),
      fingerprint(key, { ...sent, replyToId: place.messageId }),
      fingerprint(keyOf(newKeyMaterial(), 1), sent),
    ];
    expect(new Set(prints).size).toBe(prints.length);
  });

  test('is the same for metadata written in another order, and after a rotation of the cipher key', () => {
    const reordered = { ...sent, metadata: { longitude: 100.5, latitude: 13.75 } };
    expect(fingerprint(key, reordered)).toBe(fingerprint(key, sent));
    const rotated = Buffer.concat([newKeyMaterial().subarray(0, 32), material.subarray(32)]);
    expect(fingerprint(keyOf(rotated, 2), sent)).toBe(fingerprint(key, sent));
  });
});
