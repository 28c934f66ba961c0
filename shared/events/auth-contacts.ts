import { z } from 'zod';
import { UserId } from '../ids.ts';
import { defineEvent } from './event.ts';

export const BlockChanged = defineEvent(
  'auth.block_changed',
  1,
  z.object({ blocker_id: UserId, blocked_id: UserId, is_blocked: z.boolean() }),
  { says: 'Someone has blocked someone, or taken that back.', key: 'blocker_id' },
);

export const UserReported = defineEvent(
  'auth.user_reported',
  1,
  z.object({ report_id: z.uuid(), reporter_id: UserId, reported_id: UserId }),
  { says: 'Someone reported someone. Why is personal, and read from the report.', key: 'reported_id' },
);
