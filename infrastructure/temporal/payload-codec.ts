import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { METADATA_ENCODING_KEY, type Payload, type PayloadCodec, ValueError } from '@temporalio/common';
import proto from '@temporalio/proto';

const ENCODING = 'binary/encrypted';
const KEY_ID = 'encryption-key-id';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const bytes = (text: string) => new TextEncoder().encode(text);
const PayloadMessage = proto.temporal.api.common.v1.Payload;

/**
 * Encrypts every workflow payload with AES-256-GCM, so that Temporal's database and UI hold nothing to read.
 * The key's fingerprint travels beside the payload, so that keys can rotate.
 *
 * @param keys hexadecimal 32-byte keys; the first encrypts, all decrypt
 */
export function makePayloadCodec(keys: readonly string[]): PayloadCodec {
  const [first] = keys;
  if (first === undefined) throw new Error('there is no key to encrypt workflow payloads with');
  const byId = new Map(keys.map((hex) => [fingerprint(hex), Buffer.from(hex, 'hex')]));
  const currentId = fingerprint(first);
  const current = Buffer.from(first, 'hex');

  function encrypt(payload: Payload): Payload {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', current, nonce);
    const plain = PayloadMessage.encode(payload).finish();
    const data = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    return { metadata: { [METADATA_ENCODING_KEY]: bytes(ENCODING), [KEY_ID]: bytes(currentId) }, data };
  }

  function decrypt(payload: Payload): Payload {
    const encoding = payload.metadata?.[METADATA_ENCODING_KEY];
    if (encoding === undefined || encoding === null || text(encoding) !== ENCODING) return payload;
    const id = text(payload.metadata?.[KEY_ID] ?? bytes(''));
    const key = byId.get(id);
    if (key === undefined) throw new ValueError(`No key ${id} to read a workflow payload with`);
    const sealed = Buffer.from(payload.data ?? []);
    const nonce = sealed.subarray(0, NONCE_BYTES);
    // A shorter tag would be taken for a whole one, and is easier to forge.
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    const plain = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    return PayloadMessage.decode(plain);
  }

  return {
    encode: async (payloads) => payloads.map(encrypt),
    decode: async (payloads) => payloads.map(decrypt),
  };
}

function fingerprint(hex: string): string {
  return createHash('sha256').update(Buffer.from(hex, 'hex')).digest('hex').slice(0, 16);
}

function text(raw: Uint8Array): string {
  return new TextDecoder().decode(raw);
}
