import { z } from 'zod';
import { UserId } from '../../ids.ts';
import { Timestamp } from '../../wire-time.ts';

export const ParticipantRole = z.enum(['owner', 'admin', 'member']);
export type ParticipantRole = z.infer<typeof ParticipantRole>;

export const Participant = z.object({ user_id: UserId, role: ParticipantRole, joined_at: Timestamp });
export type Participant = z.output<typeof Participant>;
