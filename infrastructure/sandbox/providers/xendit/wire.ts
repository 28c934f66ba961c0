import { formatMoney } from '#shared/money.ts';
import type { Charge } from '../../frame/charges.ts';
import { acquirerQr } from '../../frame/emv-qr.ts';
import type { PaymentRequest } from './request.ts';

/** What Xendit keeps of a charge beside what every gateway knows. */
export type XenditDetails = Pick<PaymentRequest, 'channel_code' | 'country' | 'channel_properties' | 'by'> & {
  readonly accountNumber: string;
  readonly paymentId: string;
  /** The page for the payer. */
  readonly pageUrl: string;
};

const STATUS = {
  pending: 'REQUIRES_ACTION',
  successful: 'SUCCEEDED',
  failed: 'FAILED',
  expired: 'EXPIRED',
} as const satisfies Record<Charge['status'], string>;

/** A payment request as the third API writes it. */
export function requestObject(charge: Charge, details: XenditDetails): object {
  return {
    ...common(charge, details),
    type: 'PAY',
    capture_method: 'AUTOMATIC',
    channel_properties: details.channel_properties,
    actions: charge.status === 'pending' ? actions(charge, details) : [],
    ...(charge.status === 'successful' ? { latest_payment_id: details.paymentId } : {}),
  };
}

/** A payment, as webhooks tell of it. */
export function paymentObject(charge: Charge, details: XenditDetails): object {
  return { ...common(charge, details), payment_id: details.paymentId, type: 'PAY' };
}

function common(charge: Charge, details: XenditDetails): object {
  return {
    payment_request_id: charge.id,
    business_id: 'sandbox',
    reference_id: charge.reference,
    country: details.country,
    currency: charge.money.currency,
    request_amount: Number(formatMoney(charge.money)),
    channel_code: details.channel_code,
    description: charge.description,
    status: STATUS[charge.status],
    ...(charge.status === 'failed' ? { failure_code: 'PAYMENT_REJECTED' } : {}),
    created: charge.openedAt.toISOString(),
    updated: (charge.endedAt ?? charge.openedAt).toISOString(),
  };
}

function actions(charge: Charge, { by, channel_code, accountNumber, pageUrl }: XenditDetails): readonly object[] {
  const present = (descriptor: string, value: string) => [{ type: 'PRESENT_TO_CUSTOMER', descriptor, value }];
  if (by === 'qr') return present('QR_STRING', acquirerQr(channel_code, charge.reference, charge.money));
  if (by === 'account') return present('VIRTUAL_ACCOUNT_NUMBER', accountNumber);
  return [{ type: 'REDIRECT_CUSTOMER', descriptor: 'WEB_URL', value: pageUrl }];
}

/** A line of the list of transactions. */
export function transactionObject(charge: Charge, details: XenditDetails): object {
  const status = { pending: 'PENDING', successful: 'SUCCESS', failed: 'FAILED', expired: 'FAILED' }[charge.status];
  return {
    id: `txn_${charge.id.slice(3)}`,
    product_id: charge.id,
    type: 'PAYMENT',
    status,
    channel_code: details.channel_code,
    reference_id: charge.reference,
    currency: charge.money.currency,
    amount: Number(formatMoney(charge.money)),
    created: charge.openedAt.toISOString(),
  };
}
