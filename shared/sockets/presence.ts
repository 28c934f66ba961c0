import { z } from 'zod';
import { UserId } from '../ids.ts';
import { Timestamp } from '../wire-time.ts';

/** People named in one `presence:subscribe`. */
export const PRESENCE_USERS_MAX = 100;

/**
 * Watches these people from now on, beside those named before; of more than 500 the oldest are let go. One learns of
 * people with whom one shares a dialog, within what they let be seen; of everyone else, whoever they are, just that
 * they are offline.
 */
export const PresenceSubscribe = z.strictObject({ user_ids: z.array(UserId).min(1).max(PRESENCE_USERS_MAX) });
export type PresenceSubscribe = z.output<typeof PresenceSubscribe>;

/**
 * Whether someone has a socket open. Offline is told within 45 s of the end of the last one, with the time until which
 * they were seen where it is known. The same may be told twice.
 */
export const Presence = z.object({
  user_id: UserId,
  status: z.enum(['online', 'offline']),
  last_seen_at: Timestamp.optional(),
});
export type Presence = z.output<typeof Presence>;

/** In the order of the question, each person once. */
export const PresenceReply = z.object({ presence: z.array(Presence) });
