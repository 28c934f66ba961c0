import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { CaseId } from '../../ids.ts';
import { Currency } from '../../money.ts';
import { Timestamp } from '../../wire-time.ts';
import { words } from '../text.ts';
import { ShopAddress } from '../commerce/shop.ts';
import { CalendarDay, CaseStatus, Document, DOCUMENTS_MAX, Wanted } from './document.ts';

export const TIER_MAX = 3;
const Tier = z.number().int().min(1).max(TIER_MAX);

/** An address has the levels of a shop's. */
const PersonAddress = ShopAddress;

export const KycSubmission = z.strictObject({
  tier: Tier,
  full_name: words(200),
  date_of_birth: CalendarDay,
  /** Needed from tier 2 on. */
  address: PersonAddress.optional(),
  documents: z.array(Document).max(DOCUMENTS_MAX),
});
export type KycSubmission = z.infer<typeof KycSubmission>;

/** What may leave a wallet of a currency at the tier reached. */
export const TierLimit = z.object({ currency: Currency, daily_limit: z.string(), monthly_limit: z.string() });
export type TierLimit = z.infer<typeof TierLimit>;

export const KycStatus = z
  .object({
    /** The latest case; null for someone who has submitted nothing. */
    case_id: CaseId.nullable(),
    /** The tier that is in force: 0 for a phone number only. */
    tier: z.number().int(),
    /** The tier that the case is about. */
    requested_tier: z.number().int().nullable(),
    status: CaseStatus,
    wanted: z.array(Wanted),
    limits: z.array(TierLimit),
    reason: z.string().nullable(),
    submitted_at: Timestamp.nullable(),
    decided_at: Timestamp.nullable(),
    /** The first day on which a document of a verified case is no longer good. */
    expires_on: z.string().nullable(),
  })
  .meta({ id: 'KycStatus' });
export type KycStatus = z.input<typeof KycStatus>;

export const SubmitKyc = defineCall({
  name: 'submitKyc',
  method: 'POST',
  path: '/kyc/submissions',
  summary: 'Ask for a tier, or answer what a case still wants: what is sent takes the place of what was sent before',
  tag: 'auth',
  access: 'user',
  body: KycSubmission,
  answers: { 202: KycStatus },
  idempotency: 'accepted',
  rate: 'write',
});

export const WithdrawKyc = defineCall({
  name: 'withdrawKyc',
  method: 'DELETE',
  path: '/kyc/submissions/{id}',
  summary: 'Take a case back that is being checked or waits for an answer; what was submitted is removed',
  tag: 'auth',
  access: 'user',
  params: z.strictObject({ id: CaseId }),
  answers: { 200: KycStatus },
  rate: 'write',
});

export const GetKycStatus = defineCall({
  name: 'getKycStatus',
  method: 'GET',
  path: '/kyc/status',
  summary: 'How far the caller is verified, how the latest case stands, and the limits that follow',
  tag: 'auth',
  access: 'user',
  answers: { 200: KycStatus },
  rate: 'read',
});
