import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { Cursor, limit, NextCursor } from '../../http/paging.ts';
import { CaseId, ListHitId, ShopId, UserId } from '../../ids.ts';
import { Timestamp } from '../../wire-time.ts';
import { prose } from '../text.ts';
import { CaseKind } from './reviews.ts';

const common = { tag: 'ops', access: ['ops'] } as const;

/** Someone who was verified, and whose name a list of sanctions has come to have. */
const ListHit = z
  .object({
    id: ListHitId,
    case_id: CaseId,
    kind: CaseKind,
    owner_id: UserId,
    shop_id: ShopId.nullable(),
    found_at: Timestamp,
  })
  .meta({ id: 'ListHit' });
export type ListHit = z.output<typeof ListHit>;

export const ListHits = defineCall({
  ...common,
  name: 'listHits',
  method: 'GET',
  path: '/ops/list-hits',
  summary:
    'Verified people and shops whose names have come to be on a list, the oldest first; their money does not move meanwhile',
  query: z.strictObject({ cursor: Cursor.optional(), limit: limit(50) }),
  answers: { 200: z.object({ hits: z.array(ListHit), next_cursor: NextCursor }) },
  rate: 'read',
});

const ListHitBody = z.strictObject({ decision: z.enum(['clear', 'confirm']), reason: prose(500).optional() });
export type ListHitDecision = z.output<typeof ListHitBody>;

export const DecideHit = defineCall({
  ...common,
  name: 'decideHit',
  method: 'POST',
  path: '/ops/list-hits/{id}/decision',
  summary:
    'Says whether it is somebody else of that name (clear), or not (confirm): then their money stays where it is. Nobody decides their own',
  params: z.strictObject({ id: ListHitId }),
  body: ListHitBody,
  answers: { 204: undefined },
  rate: 'write',
});
