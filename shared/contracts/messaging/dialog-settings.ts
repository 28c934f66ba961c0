import { z } from 'zod';

/** Ten years: longer than that is for ever. */
const RETENTION_DAYS_MAX = 3_650;

/** How a group or channel works. Owner and admins set it; a direct dialog keeps what it began with. */
export const DialogSettings = z.object({
  /** Anyone who has its id may join. */
  is_public: z.boolean(),
  /** Images, videos, audio and files may be sent. */
  allow_media: z.boolean(),
  /** Messages older than this are removed; null keeps them while the conversation lives. */
  message_retention_days: z.number().int().min(1).max(RETENTION_DAYS_MAX).nullable(),
  /**
   * Reports of members' messages go to owner and admins, who delete or keep them; without it to those who review for the
   * platform. Admins may delete messages of others in any case.
   */
  moderation_enabled: z.boolean(),
});
export type DialogSettings = z.output<typeof DialogSettings>;
