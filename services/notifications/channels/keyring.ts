import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Names the key that sealed, so that it is found among several. */
const NAME_BYTES = 4;

type Purpose = 'seal' | 'digest' | 'sign';
type Key = { readonly name: Buffer } & Readonly<Record<Purpose, Buffer>>;

/**
 * The keys of what leads to people outside the house: their addresses, and the links that they are sent.
 *
 * The first key makes, every one reads. So a new key is put before the old one, which stays for as long as something that
 * it made is about; see docs/for-operators.md.
 */
export type Keyring = {
  /** @param boundTo whose it is; what is moved to another does not open */
  seal(boundTo: string, plain: string): Buffer;
  /** @throws when it was sealed for another, by a key that is gone, or changed since */
  open(boundTo: string, sealed: Uint8Array): string;
  /** What stands for a text where it is looked for; the one to keep first, then those that older keys made. */
  digests(kind: 'email' | 'phone' | 'device', text: string): readonly Buffer[];
  /** Signs what a link says, base64url. No part may hold a zero byte. */
  sign(...parts: readonly string[]): string;
  isSigned(signature: string, ...parts: readonly string[]): boolean;
};

/** @param settings NOTIFICATION_KEY: 64 hexadecimal digits each, the newest first */
export function makeKeyring(settings: readonly string[]): Keyring {
  const keys = settings.map(deriveKey);
  const [current] = keys;
  if (current === undefined) throw new Error('there must be one key at least');

  return {
    seal: (boundTo, plain) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, current.seal, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(boundTo));
      return Buffer.concat([current.name, nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    },
    open: (boundTo, sealed) => {
      const key = keys.find(({ name }) => name.equals(sealed.subarray(0, NAME_BYTES)));
      if (key === undefined) throw new Error('it was sealed by a key that is not among NOTIFICATION_KEY');
      const nonce = sealed.subarray(NAME_BYTES, NAME_BYTES + NONCE_BYTES);
      const opener = createDecipheriv(ALGORITHM, key.seal, nonce, { authTagLength: TAG_BYTES });
      opener.setAAD(Buffer.from(boundTo)).setAuthTag(sealed.subarray(-TAG_BYTES));
      const text = sealed.subarray(NAME_BYTES + NONCE_BYTES, -TAG_BYTES);
      return Buffer.concat([opener.update(text), opener.final()]).toString('utf8');
    },
    digests: (kind, text) => keys.map(({ digest }) => mac(digest, [kind, text])),
    sign: (...parts) => mac(current.sign, parts).toString('base64url'),
    isSigned: (signature, ...parts) => {
      const given = Buffer.from(signature, 'base64url');
      return keys.some(({ sign }) => {
        const expected = mac(sign, parts);
        return given.length === expected.length && timingSafeEqual(given, expected);
      });
    },
  };
}

function deriveKey(hex: string): Key {
  const secret = Buffer.from(hex, 'hex');
  const derive = (purpose: Purpose) =>
    Buffer.from(hkdfSync('sha256', secret, '', `tchat/notifications/${purpose}`, KEY_BYTES));
  const name = createHash('sha256').update('tchat/notifications/name').update(secret).digest().subarray(0, NAME_BYTES);
  return { name, seal: derive('seal'), digest: derive('digest'), sign: derive('sign') };
}

/** Parts are joined by a zero byte, so that no two lists look the same. */
function mac(key: Buffer, parts: readonly string[]): Buffer {
  return createHmac('sha256', key).update(parts.join('\0')).digest();
}
