import { createHmac, randomBytes } from 'node:crypto';
import { MINUTE, SECOND } from '#shared/time.ts';

const STEP_MS = 30 * SECOND;
const DIGITS = 6;
/** RFC 4226 section 4 recommends 160 bits. */
const SECRET_BYTES = 20;
/** A code is taken one step early or late: clocks differ, and people type slowly. */
const STEPS_AROUND = 1;

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export function newTotpSecret(): Buffer {
  return randomBytes(SECRET_BYTES);
}

/** The code of a time step (RFC 6238, over HMAC-SHA-1 as every authenticator has it). */
export function totpAt(secret: Uint8Array, step: number, digits = DIGITS): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  // RFC 4226 section 5.3: the last four bits say where to read.
  const offset = mac[mac.length - 1]! & 0x0f;
  const number = mac.readUInt32BE(offset) & 0x7fff_ffff;
  return (number % 10 ** digits).toString().padStart(digits, '0');
}

export function stepOf(at: Date): number {
  return Math.floor(at.getTime() / STEP_MS);
}

/** The step that a code is of, among those around now; undefined for a code of none of them. */
export function stepOfCode(secret: Uint8Array, code: string, at: Date): number | undefined {
  const now = stepOf(at);
  const around = Array.from({ length: 2 * STEPS_AROUND + 1 }, (_, place) => now - STEPS_AROUND + place);
  return around.findLast((step) => totpAt(secret, step) === code);
}

/** What an authenticator reads from a QR code (the key URI format). */
export function otpauthUri(secret: Uint8Array, issuer: string, account: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  const query = new URLSearchParams({
    secret: base32(secret),
    issuer,
    algorithm: 'SHA1',
    digits: String(DIGITS),
    period: String(STEP_MS / SECOND),
  });
  return `otpauth://totp/${label}?${query.toString()}`;
}

/** RFC 4648 without padding. */
export function base32(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => BASE32[Number.parseInt(group.padEnd(5, '0'), 2)]).join('');
}

/** How long a secret waits for its first code. */
export const PENDING_FOR_MS = 10 * MINUTE;
