import type { KeyCare } from '#services/messaging/encryption/key-care.ts';
import type { PurgeStep } from '#services/messaging/retention/purge-messages.ts';
import type { KeyWalk, PurgePlace } from '#shared/workflows/messaging.ts';
import { withFailures } from '../failure.ts';

export type MessagingActivities = {
  /** Purges some messages whose time is over, from a place on, or from the start. Repeating it finds what is left. */
  purgeMessages(place: PurgePlace | undefined): Promise<PurgeStep>;
  /** Rotates the worn keys of some dialogs, from a place of the walk on, or from the start. */
  rotateWornKeys(walk: KeyWalk | undefined): Promise<{ readonly rotated: number; readonly next: KeyWalk | undefined }>;
  /** Wraps some keys anew; 0 when every key is wrapped by the first wrapping key. */
  rewrapKeys(): Promise<number>;
};

type Ports = {
  readonly purgeMessages: (place: PurgePlace | undefined) => Promise<PurgeStep>;
  readonly keyCare: Pick<KeyCare, 'rotateWorn' | 'rewrap'>;
};

export function makeMessagingActivities({ purgeMessages, keyCare }: Ports): MessagingActivities {
  return withFailures({
    purgeMessages: (place: PurgePlace | undefined) => purgeMessages(place),
    rotateWornKeys: (walk: KeyWalk | undefined) => keyCare.rotateWorn(walk),
    rewrapKeys: () => keyCare.rewrap(),
  });
}
