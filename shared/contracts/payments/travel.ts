import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { CaseId, TransactionId, UserId } from '../../ids.ts';
import { Currency, DecimalString } from '../../money.ts';
import { Country } from '../../regions.ts';
import { Timestamp } from '../../wire-time.ts';

const TravelParty = z.object({
  user_id: UserId,
  country: Country,
  kyc_tier: z.number().int(),
  case_id: CaseId.nullable().meta({ description: 'The case of verification that holds their name and documents' }),
});

const TravelRecord = z
  .object({
    transaction_id: TransactionId,
    rule: z.string().meta({ description: 'The rule by which it was kept, with its source' }),
    amount: DecimalString,
    currency: Currency,
    originator: TravelParty,
    beneficiary: TravelParty,
    recorded_at: Timestamp,
  })
  .meta({ id: 'TravelRecord' });
export type TravelRecord = z.output<typeof TravelRecord>;

export const getTravelRecord = defineCall({
  name: 'getTravelRecord',
  method: 'GET',
  path: '/ops/transactions/{id}/travel',
  summary:
    'Who sent what to whom across a border (FATF R.16), by the transaction of the sender. Each reading is audited',
  tag: 'ops',
  access: ['ops', 'auditor'],
  params: z.strictObject({ id: TransactionId }),
  answers: { 200: TravelRecord },
  rate: 'read',
});
