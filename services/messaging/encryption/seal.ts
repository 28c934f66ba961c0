import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import type { MessageType } from '#shared/contracts/messaging/message.ts';
import type { Metadata } from '#shared/contracts/messaging/metadata.ts';
import type { DialogId, MessageId, UserId } from '#shared/ids.ts';
import type { DialogKey } from './dialog-key.ts';
import { NONCE_BYTES, nextNonce } from './nonces.ts';

const ALGORITHM = 'aes-256-gcm';
const TAG_BYTES = 16;
/** A fingerprint tells a retry from another message of the same sender; 128 bits leave no chance of an accident. */
const FINGERPRINT_HEX_DIGITS = 32;

/** What is encrypted of a message. */
export type Body = { readonly content: string; readonly metadata: Metadata | null };

/** Where a body belongs. A sealed body that is moved to another message, sender or dialog does not open. */
export type Place = { readonly dialogId: DialogId; readonly messageId: MessageId; readonly senderId: UserId };

/**
 * Nonce, ciphertext and tag. The nonce is random: with at most 2^30 messages under one key, the chance that two are the
 * same stays below 2^-32 (SP 800-38D section 8.3).
 */
export function seal(key: DialogKey, place: Place, body: Body): Buffer {
  const nonce = nextNonce();
  const cipher = createCipheriv(ALGORITHM, key.cipher, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(additionalData(key, place));
  const text = JSON.stringify(body.metadata === null ? [body.content] : [body.content, body.metadata]);
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/** @throws when a byte of it, its place or its key version was changed. */
export function open(key: DialogKey, place: Place, sealed: Uint8Array): Body {
  const tagAt = sealed.length - TAG_BYTES;
  if (tagAt < NONCE_BYTES) throw new Error('a sealed body is too short');
  const decipher = createDecipheriv(ALGORITHM, key.cipher, sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(additionalData(key, place));
  decipher.setAuthTag(sealed.subarray(tagAt));
  const text = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, tagAt)), decipher.final()]).toString('utf8');
  // Authenticated: nobody but `seal` wrote it.
  const [content, metadata = null] = JSON.parse(text) as [string, Metadata?];
  return { content, metadata };
}

function additionalData(key: DialogKey, { dialogId, messageId, senderId }: Place): Buffer {
  return Buffer.from(`${dialogId}:${messageId}:${senderId}:${key.version}`, 'latin1');
}

type Sent = Body & { readonly type: MessageType; readonly replyToId: MessageId | null };

/**
 * A keyed hash over what was sent, 32 hexadecimal digits. It is kept beside the message, survives edits, and without
 * the dialog's key tells nothing about the content. The order in which a client writes metadata does not matter.
 */
export function fingerprint(key: DialogKey, { type, content, metadata, replyToId }: Sent): string {
  const entries = metadata === null ? null : Object.entries(metadata).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([type, content, entries, replyToId]);
  return createHmac('sha256', key.fingerprint).update(text).digest('hex').slice(0, FINGERPRINT_HEX_DIGITS);
}
