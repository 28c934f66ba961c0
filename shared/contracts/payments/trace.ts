import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { OrderId, TransactionId, UserId, WalletId } from '../../ids.ts';
import { Currency } from '../../money.ts';
import { Timestamp } from '../../wire-time.ts';
import { Finding } from './reconciliation.ts';
import { TRANSACTION_STATUSES, TRANSACTION_TYPES } from './transaction.ts';

const Signed = z.string();

const Workflow = z.object({
  id: z.string(),
  state: z
    .enum(['running', 'completed', 'failed', 'cancelled', 'terminated', 'timed_out', 'continued', 'absent', 'unknown'])
    .meta({ description: 'unknown: Temporal cannot be asked now' }),
  type: z.string().nullable(),
  run_id: z.string().nullable(),
  started_at: Timestamp.nullable(),
  closed_at: Timestamp.nullable(),
  link: z.string().nullable(),
});

const Transfer = z.object({
  id: z.uuid(),
  kind: z.string(),
  posted_at: Timestamp,
  entries: z.array(
    z.object({
      account_id: z.uuid(),
      account: z.string(),
      owner: z.string(),
      seq: z.number().int(),
      currency: Currency,
      amount: Signed,
      balance_after: Signed,
    }),
  ),
});

const Traced = z.object({
  id: TransactionId,
  type: z.enum(TRANSACTION_TYPES),
  status: z.enum(TRANSACTION_STATUSES),
  amount: Signed,
  currency: Currency,
  user_id: UserId,
  wallet_id: WalletId,
  order_id: OrderId.nullable(),
  refund_of: TransactionId.nullable(),
  created_at: Timestamp,
  history: z.array(
    z.object({
      status: z.enum(TRANSACTION_STATUSES),
      actor: z.string(),
      reason: z.string().nullable(),
      at: Timestamp,
    }),
  ),
  transfers: z.array(Transfer),
  holds: z.array(
    z.object({
      id: z.uuid(),
      status: z.string(),
      amount: Signed,
      created_at: Timestamp,
      ended_at: Timestamp.nullable(),
      ended_by: z.string().nullable(),
    }),
  ),
  gateway: z
    .object({
      name: z.string(),
      method: z.string(),
      object_id: z.string().nullable(),
      asked_at: Timestamp.nullable(),
      attempts: z.array(
        z.object({
          gateway: z.string(),
          asked_at: Timestamp,
          asks: z.number().int(),
          outcome: z.string().nullable(),
          reason: z.string().nullable(),
        }),
      ),
      reports: z.array(z.object({ report_id: z.string(), status: z.string(), received_at: Timestamp })),
      statement_lines: z.array(
        z.object({ line_id: z.string(), kind: z.string(), amount: Signed, currency: Currency, at: Timestamp }),
      ),
    })
    .nullable(),
  workflow: Workflow.nullable(),
  findings: z.array(Finding),
  requests: z.array(z.object({ call: z.string(), status: z.number().int(), at: Timestamp })),
});

export const Trace = z
  .object({
    id: z.string(),
    transactions: z.array(Traced),
    orders: z.array(z.object({ id: OrderId, workflow: Workflow })),
    events: z.array(
      z.object({
        id: z.string(),
        type: z.string(),
        version: z.number().int(),
        about: z.string(),
        occurred_at: Timestamp,
        log_offset: z.number().int().nullable().meta({ description: 'null while it waits in the outbox' }),
      }),
    ),
    audit: z.array(
      z.object({ at: Timestamp, actor: z.string(), action: z.string(), subject: z.string(), outcome: z.string() }),
    ),
  })
  .meta({ id: 'Trace' });
export type Trace = z.input<typeof Trace>;

/** An id of anything that money has to do with, or what people call a payment. */
const params = z.strictObject({ id: z.string().regex(/^[\w.:@#+ -]{1,100}$/, 'must be an id or a reference') });
const common = { tag: 'ops', access: ['ops', 'auditor'], method: 'GET', params, rate: 'read' } as const;

export const traceMoney = defineCall({
  ...common,
  name: 'traceMoney',
  path: '/ops/trace/{id}',
  summary:
    'Everything that is known of a payment: by the id of its transaction, order, transfer, hold, charge, payout or workflow, or by its reference; audited, and without names or texts',
  answers: { 200: Trace },
});

export const showTrace = defineCall({
  ...common,
  name: 'showTrace',
  path: '/ops/trace/{id}/page',
  summary: 'The same as a page to read (text/html)',
  answers: { 200: 'bytes' },
});
