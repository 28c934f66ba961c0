import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';

/** The end of an audit chain as it was at a moment, said by someone whom the database does not know. */
export const SignedHead = z.strictObject({
  /** Which chain: the first region of its database. */
  chain: z.string().regex(/^[A-Za-z]{2,8}$/),
  /** How many records it had, and the hash of the last, in hexadecimal. */
  number: z.string().regex(/^\d{1,19}$/),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  signed_at: z.iso.datetime(),
  /** The number of the head signed before this one; absent in the first. */
  previous: z
    .string()
    .regex(/^\d{1,19}$/)
    .optional(),
  /** Ed25519 (RFC 8032) over the other fields as JSON in this order; Base64. */
  signature: z.string().max(100),
});
export type SignedHead = z.infer<typeof SignedHead>;

type Head = Omit<SignedHead, 'signature'>;

/** The prefix of a PKCS #8 key of Ed25519 (RFC 8410), before its 32 bytes. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

export type HeadKeys = { readonly secret: KeyObject; readonly open: KeyObject };

/** @param seed the setting AUDIT_KEY: 64 hexadecimal digits */
export function headKeys(seed: string): HeadKeys {
  const der = Buffer.concat([PKCS8_PREFIX, Buffer.from(seed, 'hex')]);
  const secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return { secret, open: createPublicKey(secret) };
}

/** What auditors need to check heads without being able to sign any: PEM. */
export function openKeyText({ open }: HeadKeys): string {
  return open.export({ format: 'pem', type: 'spki' }).toString();
}

export function signHead({ secret }: HeadKeys, head: Head): SignedHead {
  return { ...head, signature: sign(null, signedBytes(head), secret).toString('base64') };
}

export function isGenuine(open: KeyObject, { signature, ...head }: SignedHead): boolean {
  return verify(null, signedBytes(head), open, Buffer.from(signature, 'base64'));
}

function signedBytes({ chain, number, hash, signed_at: at, previous }: Head): Buffer {
  return Buffer.from(JSON.stringify(['tchat-audit-head-1', chain, number, hash, at, previous ?? null]));
}
