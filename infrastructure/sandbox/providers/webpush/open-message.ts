import { createDecipheriv, type ECDH, hkdfSync } from 'node:crypto';

const SALT_BYTES = 16;
const TAG_BYTES = 16;
/** Salt, record size, and the length of the key that follows (RFC 8188 section 2.1). */
const HEADER_BYTES = SALT_BYTES + 4 + 1;
const DELIMITER_LAST = 2;

/**
 * Opens a pushed message as a browser does (RFC 8291, with the content coding of RFC 8188, one record).
 *
 * @throws when it was not sealed for this subscription
 */
export function openMessage(body: Buffer, keys: ECDH, auth: Buffer): string {
  const salt = body.subarray(0, SALT_BYTES);
  const senderKey = body.subarray(HEADER_BYTES, HEADER_BYTES + body.readUInt8(HEADER_BYTES - 1));
  const sealed = body.subarray(HEADER_BYTES + senderKey.length);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), keys.getPublicKey(), senderKey]);
  const secret = Buffer.from(hkdfSync('sha256', keys.computeSecret(senderKey), auth, info, 32));
  const derived = (name: string, bytes: number) =>
    Buffer.from(hkdfSync('sha256', secret, salt, `Content-Encoding: ${name}\0`, bytes));
  const opener = createDecipheriv('aes-128-gcm', derived('aes128gcm', 16), derived('nonce', 12));
  opener.setAuthTag(sealed.subarray(-TAG_BYTES));
  const plain = Buffer.concat([opener.update(sealed.subarray(0, -TAG_BYTES)), opener.final()]);
  return plain.subarray(0, plain.lastIndexOf(DELIMITER_LAST)).toString('utf8');
}
