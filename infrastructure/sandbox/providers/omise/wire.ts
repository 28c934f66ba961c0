import type { Charge } from '../../frame/charges.ts';
import type { ChargeRequest } from './charge-request.ts';

/** What Omise keeps of a charge beside what every gateway knows. */
export type OmiseDetails = Pick<ChargeRequest, 'source' | 'metadata' | 'return_uri'> & {
  readonly sourceId: string;
  readonly flow: 'offline' | 'redirect';
  /** The page for the payer. */
  readonly authorizeUri: string;
};

/** The fee of PromptPay and the tax on it, in millionths of the amount: 1.65 % and 7 % of that. */
const FEE_PPM = 16_500n;
const FEE_VAT_PPM = 70_000n;
const MILLION = 1_000_000n;

/** A charge as version 2019-05-29 of the API writes it. Amounts are integers in the smallest unit. */
export function chargeObject(charge: Charge, details: OmiseDetails): object {
  const { minor, currency } = charge.money;
  const amount = Number(minor);
  const paid = charge.status === 'successful';
  const fee = (minor * FEE_PPM) / MILLION;
  const feeVat = (fee * FEE_VAT_PPM) / MILLION;
  const endedAt = charge.endedAt?.toISOString() ?? null;
  return {
    object: 'charge',
    id: charge.id,
    location: `/charges/${charge.id}`,
    livemode: false,
    amount,
    authorized_amount: amount,
    captured_amount: paid ? amount : 0,
    refunded_amount: 0,
    funding_amount: amount,
    funding_currency: currency,
    net: Number(minor - fee - feeVat),
    fee: Number(fee),
    fee_vat: Number(feeVat),
    interest: 0,
    interest_vat: 0,
    currency,
    description: charge.description === '' ? null : charge.description,
    metadata: details.metadata,
    status: charge.status,
    authorized: paid,
    capturable: false,
    capture: true,
    paid,
    reversed: false,
    reversible: false,
    refundable: false,
    voided: false,
    expired: charge.status === 'expired',
    failure_code: charge.status === 'failed' ? 'payment_rejected' : null,
    failure_message: charge.status === 'failed' ? 'payment was rejected' : null,
    authorize_uri: details.authorizeUri,
    return_uri: details.return_uri ?? null,
    card: null,
    customer: null,
    ip: null,
    source: sourceObject(charge, details),
    transaction: paid ? charge.id.replace('chrg_', 'trxn_') : null,
    created_at: charge.openedAt.toISOString(),
    paid_at: paid ? endedAt : null,
    expires_at: charge.expiresAt?.toISOString() ?? null,
    expired_at: charge.status === 'expired' ? endedAt : null,
  };
}

function sourceObject(charge: Charge, { source, sourceId, flow }: OmiseDetails): object {
  return {
    object: 'source',
    id: sourceId,
    location: `/sources/${sourceId}`,
    livemode: false,
    amount: Number(charge.money.minor),
    currency: charge.money.currency,
    flow,
    type: source.type,
    charge_status: charge.status,
    created_at: charge.openedAt.toISOString(),
  };
}
