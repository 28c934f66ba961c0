import { z } from 'zod';
import type { PushTarget } from './ports.ts';

const Target = z.discriminatedUnion('platform', [
  z.strictObject({ platform: z.literal('fcm'), token: z.string() }),
  z.strictObject({ platform: z.literal('apns'), token: z.string() }),
  z.strictObject({ platform: z.literal('webpush'), endpoint: z.string(), p256dh: z.string(), auth: z.string() }),
]);

/** A target as it is sealed, and back. */
export function writeTarget(target: PushTarget): string {
  return JSON.stringify(target);
}

export function readTarget(text: string): PushTarget {
  return Target.parse(JSON.parse(text));
}

/** What tells one device from another: a browser's endpoint is its own, whatever its keys. */
export function identityOf(target: PushTarget): string {
  return target.platform === 'webpush' ? `webpush ${target.endpoint}` : `${target.platform} ${target.token}`;
}
