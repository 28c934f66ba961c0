import { createHash, createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

/** The settings OTP_KEY, REFRESH_KEY and PIN_KEY: 64 hexadecimal digits each. */
export type SecretSettings = { readonly otpKey: string; readonly refreshKey: string; readonly pinKey: string };

/** One key per purpose, so that nothing made for one of them means anything in another. */
export type Secrets = ReturnType<typeof deriveSecrets>;

const KEY_BYTES = 32;

/** Derives the working keys from the settings by HKDF-SHA256 (RFC 5869). */
export function deriveSecrets({ otpKey, refreshKey, pinKey }: SecretSettings) {
  return {
    otpDigest: derive(otpKey, 'otp-digest'),
    otpSeal: derive(otpKey, 'otp-seal'),
    refreshSuccessor: derive(refreshKey, 'refresh-successor'),
    refreshTag: derive(refreshKey, 'refresh-tag'),
    pinPepper: derive(pinKey, 'pin-pepper'),
    totpSeal: derive(pinKey, 'totp-seal'),
    recoveryCode: derive(pinKey, 'recovery-code'),
  };
}

function derive(hex: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', Buffer.from(hex, 'hex'), '', `tchat/auth/${purpose}`, KEY_BYTES));
}

export function sha256(...parts: readonly (string | Uint8Array)[]): Buffer {
  return parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
}

/** Keys as Node holds them, made once: given bytes, it makes one at each use, which costs more than the digest itself. */
const keyObjects = new WeakMap<Uint8Array, KeyObject>();

export function keyObject(key: Uint8Array): KeyObject {
  const known = keyObjects.get(key) ?? createSecretKey(key);
  keyObjects.set(key, known);
  return known;
}

/** HMAC-SHA256. Parts are joined by a zero byte, which none but the last may hold, so that no two lists look the same. */
export function hmac(key: Uint8Array, ...parts: readonly (string | Uint8Array)[]): Buffer {
  const mac = createHmac('sha256', keyObject(key));
  parts.forEach((part, place) => mac.update(place === 0 ? '' : '\0').update(part));
  return mac.digest();
}
