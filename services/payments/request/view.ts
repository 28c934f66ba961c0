import type { MoneyRequestBody } from '#shared/contracts/payments/requests.ts';
import { happened } from '#shared/events/event.ts';
import { MoneyRequestUpdated } from '#shared/events/payments.ts';
import type { UserId } from '#shared/ids.ts';
import { audited } from '../told.ts';
import { decimalOf } from '../wire.ts';
import type { MoneyRequestRow } from './store.ts';

/** Whether it waits to be paid. One whose time is over waits no more. */
export function isOpen(row: Pick<MoneyRequestRow, 'status' | 'expires_at'>, now: Date): boolean {
  return row.status === 'open' && row.expires_at > now;
}

/** A request as one of its sides sees it. */
export function requestBody(row: MoneyRequestRow, reader: UserId, now: Date): MoneyRequestBody {
  return {
    id: row.id,
    requester_id: row.requester_id,
    payer_id: row.payer_id,
    amount: decimalOf(row.amount, row.currency),
    currency: row.currency,
    note: row.note,
    status: row.status === 'open' && !isOpen(row, now) ? 'expired' : row.status,
    transaction_id: reader === row.payer_id ? row.transaction_id : null,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
  };
}

/** What is told when a request is made or ends. */
export function toldOfRequest(row: MoneyRequestRow, actor: UserId) {
  const { id, requester_id, payer_id, status, currency } = row;
  const amount = decimalOf(row.amount, currency);
  return {
    events: [happened(MoneyRequestUpdated, id, { request_id: id, requester_id, payer_id, status, amount, currency })],
    audit: [audited({ actor, action: `payments.money_request_${status}`, subject: id, facts: { amount, currency } })],
  };
}
