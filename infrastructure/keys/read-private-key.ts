import { createPrivateKey, type KeyObject } from 'node:crypto';

/**
 * A private key as a setting holds it: PEM, or the base64 of its PKCS #8 form, which fits on one line.
 *
 * @throws when it is neither
 */
export function readPrivateKey(text: string): KeyObject {
  // A PEM that went through a file of settings may have its line ends spelled out.
  if (text.includes('-----BEGIN')) return createPrivateKey(text.replaceAll('\\n', '\n'));
  return createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' });
}
