import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { CaseId, ShopId } from '../../ids.ts';
import { Timestamp } from '../../wire-time.ts';
import { words } from '../text.ts';
import { CaseStatus, Document, DOCUMENTS_MAX, Wanted } from './document.ts';

export const ShopSubmission = z.strictObject({
  /** As the registry of the shop's country has it. */
  registration_number: words(50),
  legal_name: words(200),
  documents: z.array(Document).max(DOCUMENTS_MAX),
});
export type ShopSubmission = z.infer<typeof ShopSubmission>;

export const ShopVerification = z
  .object({
    /** The latest case; null for a shop that nobody has submitted for. */
    case_id: CaseId.nullable(),
    shop_id: ShopId,
    status: CaseStatus,
    wanted: z.array(Wanted),
    reason: z.string().nullable(),
    submitted_at: Timestamp.nullable(),
    decided_at: Timestamp.nullable(),
    expires_on: z.string().nullable(),
  })
  .meta({ id: 'ShopVerification' });
export type ShopVerification = z.input<typeof ShopVerification>;

const byShop = z.strictObject({ id: ShopId });

export const SubmitShopVerification = defineCall({
  name: 'submitShopVerification',
  method: 'POST',
  path: '/commerce/shops/{id}/verification',
  summary: 'Have a shop verified, or answer what its case still wants. For its owner',
  tag: 'commerce',
  access: 'user',
  params: byShop,
  body: ShopSubmission,
  answers: { 202: ShopVerification },
  idempotency: 'accepted',
  rate: 'write',
});

export const GetShopVerification = defineCall({
  name: 'getShopVerification',
  method: 'GET',
  path: '/commerce/shops/{id}/verification',
  summary: 'How the verification of a shop stands. For its owner and ops',
  tag: 'commerce',
  access: 'user',
  params: byShop,
  answers: { 200: ShopVerification },
  rate: 'read',
});

export const WithdrawShopVerification = defineCall({
  name: 'withdrawShopVerification',
  method: 'DELETE',
  path: '/commerce/shops/{id}/verification',
  summary: 'Take the case of a shop back that is being checked or waits for an answer; what was submitted is removed',
  tag: 'commerce',
  access: 'user',
  params: byShop,
  answers: { 200: ShopVerification },
  rate: 'write',
});
