import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { Cursor, limit, NextCursor } from '../../http/paging.ts';
import { FindingId, ReconciliationRunId, TransactionId } from '../../ids.ts';
import { Currency } from '../../money.ts';
import { Timestamp } from '../../wire-time.ts';
import { words } from '../text.ts';

export const FINDING_KINDS = [
  'missing_in_ledger',
  'missing_at_gateway',
  'amount_differs',
  'currency_differs',
  'status_differs',
  'duplicate',
  'workflow_lost',
  'workflow_left_running',
] as const;
export const FINDING_ACTIONS = ['write_off', 'credit_user', 'dismiss'] as const;

const Gateway = z.string().regex(/^[a-z0-9-]{1,40}$/, 'must be the name of a gateway');
/** A decimal that may be below zero. */
const Signed = z.string();
const read = { tag: 'ops', access: ['ops', 'auditor'], method: 'GET', rate: 'read' } as const;
const byRun = z.strictObject({ id: ReconciliationRunId });

const Run = z.object({
  id: ReconciliationRunId,
  gateway: z.string(),
  day: z.iso.date(),
  status: z.enum(['running', 'completed']),
  started_at: Timestamp,
  finished_at: Timestamp.nullable(),
  findings: z.number().int(),
  open_findings: z.number().int(),
});

export const ReconciliationReport = Run.extend({
  totals: z.array(
    z.object({
      currency: Currency,
      what: z.string().meta({
        description:
          'charge, refund, payout, return, bank_payout: lines of the statement. clearing, suspense, gateway_fees, bank: accounts as they were at the end of the run, below zero what is owed to us',
      }),
      lines: z.number().int(),
      amount: Signed,
      fee: Signed,
    }),
  ),
}).meta({ id: 'ReconciliationReport' });
export type ReconciliationReport = z.input<typeof ReconciliationReport>;

const RunsQuery = z.strictObject({
  gateway: Gateway.optional(),
  day: z.iso.date().optional(),
  cursor: Cursor.optional(),
  limit: limit(30),
});
export type RunsQuery = z.output<typeof RunsQuery>;

export const listReconciliations = defineCall({
  ...read,
  name: 'listReconciliations',
  path: '/ops/reconciliation',
  summary: "Days of gateways' statements that were held against the ledger, with counts and sums, the latest first",
  query: RunsQuery,
  answers: { 200: z.object({ runs: z.array(ReconciliationReport), next_cursor: NextCursor }) },
});

export const getReconciliation = defineCall({
  ...read,
  name: 'getReconciliation',
  path: '/ops/reconciliation/{id}',
  summary: 'The report of one day of one gateway',
  params: byRun,
  answers: { 200: ReconciliationReport },
});

export const exportReconciliation = defineCall({
  ...read,
  name: 'exportReconciliation',
  path: '/ops/reconciliation/{id}/csv',
  summary: 'The same, with the findings of that day, as a table for spreadsheets (text/csv)',
  params: byRun,
  answers: { 200: 'bytes' },
});

export const Finding = z
  .object({
    id: FindingId,
    gateway: z.string(),
    day: z.iso.date(),
    kind: z.enum(FINDING_KINDS),
    subject: z.string().meta({ description: "The statement's line, the ledger's transfer, or the transaction" }),
    transaction_id: TransactionId.nullable(),
    ours: z.object({ amount: Signed, currency: Currency }).nullable(),
    theirs: z.object({ amount: Signed, currency: Currency }).nullable(),
    detail: z.string(),
    status: z.enum(['open', 'proposed', 'resolved']),
    opened_at: Timestamp,
    proposed_action: z.enum(FINDING_ACTIONS).nullable(),
    proposed_by: z.string().nullable(),
    resolution: z.enum([...FINDING_ACTIONS, 'matched', 'superseded']).nullable(),
    resolved_by: z.string().nullable(),
    resolved_at: Timestamp.nullable(),
    reason: z.string().nullable(),
  })
  .meta({ id: 'ReconciliationFinding' });
export type Finding = z.input<typeof Finding>;

const FindingsQuery = z.strictObject({
  gateway: Gateway.optional(),
  kind: z.enum(FINDING_KINDS).optional(),
  status: z.enum(['open', 'resolved']).optional(),
  day: z.iso.date().optional(),
  cursor: Cursor.optional(),
  limit: limit(50),
});
export type FindingsQuery = z.output<typeof FindingsQuery>;

export const listFindings = defineCall({
  ...read,
  name: 'listFindings',
  path: '/ops/reconciliation/findings',
  summary:
    'What gateways, ledger and workflows do not agree on: what waits for people first, the longest waiting first',
  query: FindingsQuery,
  answers: { 200: z.object({ findings: z.array(Finding), next_cursor: NextCursor }) },
});

const Resolution = z.strictObject({ action: z.enum(FINDING_ACTIONS), reason: words(500) });
export type FindingResolution = z.output<typeof Resolution>;

export const resolveFinding = defineCall({
  name: 'resolveFinding',
  method: 'POST',
  path: '/ops/reconciliation/findings/{id}/resolve',
  summary:
    'Clears what a finding set aside: write_off to the costs of the gateway, credit_user to the wallet of its transaction, dismiss back to clearing. Above the sums of Step-Up it takes two people: the first proposes, another one asks for the same',
  tag: 'ops',
  access: ['ops'],
  params: z.strictObject({ id: FindingId }),
  body: Resolution,
  answers: { 200: Finding },
  rate: 'write',
});

export const reconciliationCalls = [
  listReconciliations,
  getReconciliation,
  exportReconciliation,
  listFindings,
  resolveFinding,
] as const;
