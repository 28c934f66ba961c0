import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { TransactionId } from '#shared/ids.ts';
import type { KeyManagement } from '#shared/key-management.ts';
import type { PayoutRow, SealedDestination } from '../store/payouts.ts';
import type { Destination } from './destination.ts';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SHOWN_DIGITS = 4;

/** Seals a destination under a key of its own, which key management wraps. What is moved to another payout does not open. */
export async function sealDestination(
  keys: KeyManagement,
  id: TransactionId,
  destination: Destination,
): Promise<SealedDestination> {
  const key = randomBytes(KEY_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES }).setAAD(contextOf(id));
  const text = JSON.stringify(destination);
  const sealed = Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  const wrapped = await keys.wrap(key, destinationContext(id));
  return {
    bankCode: destination.bankCode,
    last4: destination.accountNumber.slice(-SHOWN_DIGITS),
    wrappedBy: wrapped.wrappedBy,
    sealedKey: wrapped.sealed,
    sealed,
  };
}

/** @throws when a byte was changed, it is another payout's, or its wrapping key is gone */
export async function openDestination(keys: KeyManagement, payout: PayoutRow): Promise<Destination> {
  const { transaction_id: id, wrapped_by: wrappedBy, sealed_key: sealedKey, sealed } = payout;
  if (wrappedBy === null || sealedKey === null || sealed === null) throw new Error(`payout ${id} has no destination`);
  const key = await keys.unwrap({ wrappedBy, sealed: sealedKey }, destinationContext(id));
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(contextOf(id)).setAuthTag(sealed.subarray(-TAG_BYTES));
  const text = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString();
  return JSON.parse(text) as Destination;
}

/** Bound to the key and to the text as additional data. */
export function destinationContext(id: TransactionId): string {
  return `payout:${id}`;
}

function contextOf(id: TransactionId): Buffer {
  return Buffer.from(destinationContext(id), 'latin1');
}
