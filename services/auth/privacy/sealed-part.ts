import type { PrivacyRequestId } from '#shared/ids.ts';
import { seal, unseal } from '../sealed.ts';
import type { PartId } from './ports.ts';

export const KEY_BYTES = 32;

/** Bound to the wrapped key as additional data: it unwraps for this export only. */
export function exportKeyContext(id: PrivacyRequestId): string {
  return `export:${id}`;
}

/**
 * A part of an export as it rests. Bound to its request and to its own name, so that parts cannot be moved. An export has
 * some thousands of parts at most.
 */
export function sealPart(key: Uint8Array, requestId: PrivacyRequestId, id: PartId, plain: Uint8Array): Buffer {
  return seal(key, boundTo(requestId, id), plain);
}

/** @throws when the part was altered, or is another's */
export function openPart(key: Uint8Array, requestId: PrivacyRequestId, id: PartId, sealed: Uint8Array): Buffer {
  return unseal(key, boundTo(requestId, id), sealed);
}

function boundTo(requestId: PrivacyRequestId, id: PartId): Buffer {
  return Buffer.from(`${requestId}:${id}`);
}
