import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { UserId } from '../../ids.ts';
import { characters } from '../text.ts';

const common = { tag: 'auth', access: 'user', params: z.object({ id: UserId }), answers: { 204: undefined } } as const;

const REASON_CHARACTERS_MAX = 500;
const Reason = z.strictObject({ reason: characters(0, REASON_CHARACTERS_MAX).optional() }).optional();

export const blockUser = defineCall({
  ...common,
  name: 'blockUser',
  method: 'PUT',
  path: '/users/{id}/block',
  summary: "Refuses someone's direct messages from now on, as if the caller were not there",
  body: Reason,
  rate: 'write',
});

export const unblockUser = defineCall({
  ...common,
  name: 'unblockUser',
  method: 'DELETE',
  path: '/users/{id}/block',
  summary: 'Takes a block back',
  rate: 'write',
});

export const reportUser = defineCall({
  ...common,
  name: 'reportUser',
  method: 'POST',
  path: '/users/{id}/report',
  summary: 'Tells those who review it that someone behaves badly; the reported one never learns by whom',
  body: Reason,
  refuses: ['RATE_LIMIT_EXCEEDED'],
  rate: 'write',
});
