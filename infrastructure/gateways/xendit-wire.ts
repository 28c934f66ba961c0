import { z } from 'zod';
import type { Charge, ChargeStatus } from '#services/payments/ports.ts';
import { Currency, formatMoney, type Money, parseMoney } from '#shared/money.ts';
import type { Country } from '#shared/regions.ts';

type Channel = {
  readonly code: string;
  readonly country: Country;
  /** How it is paid: with a code to scan, on a page, or by transfer to an account of this payment. */
  readonly by: 'qr' | 'page' | 'account';
};

/** Our methods in Xendit's words. */
export const XENDIT_CHANNELS: Readonly<Record<string, Channel>> = {
  promptpay: { code: 'PROMPTPAY', country: 'TH', by: 'qr' },
  qris: { code: 'QRIS', country: 'ID', by: 'qr' },
  va_bca: { code: 'BCA_VIRTUAL_ACCOUNT', country: 'ID', by: 'account' },
  va_bni: { code: 'BNI_VIRTUAL_ACCOUNT', country: 'ID', by: 'account' },
  va_bri: { code: 'BRI_VIRTUAL_ACCOUNT', country: 'ID', by: 'account' },
  va_mandiri: { code: 'MANDIRI_VIRTUAL_ACCOUNT', country: 'ID', by: 'account' },
  duitnow_qr: { code: 'DUITNOW', country: 'MY', by: 'qr' },
  gcash: { code: 'GCASH', country: 'PH', by: 'page' },
  maya: { code: 'PAYMAYA', country: 'PH', by: 'page' },
  qrph: { code: 'QRPH', country: 'PH', by: 'qr' },
  vietqr: { code: 'VIETQR', country: 'VN', by: 'qr' },
  momo: { code: 'MOMO', country: 'VN', by: 'page' },
};

/**
 * Xendit counts in the currency itself, as a JSON number: 12.5 for twelve and a half pesos, whole rupiahs and dongs. Up to
 * our largest amount the number is exact.
 */
export function xenditAmount(money: Money): number {
  return Number(formatMoney(money));
}

/** Undefined for a number that is no sum of ours: negative, or finer than the currency. */
function moneyOf(amount: number, currency: Currency): Money | undefined {
  const money = parseMoney(String(amount), currency);
  return typeof money === 'string' ? undefined : money;
}

const STATUS: Readonly<Record<string, ChargeStatus>> = {
  ACCEPTING_PAYMENTS: 'pending',
  REQUIRES_ACTION: 'pending',
  PENDING: 'pending',
  AUTHORIZED: 'pending',
  SUCCEEDED: 'paid',
  FAILED: 'failed',
  CANCELED: 'expired',
  EXPIRED: 'expired',
};

const Action = z.object({ type: z.string(), descriptor: z.string().nullish(), value: z.string() });
type Action = z.output<typeof Action>;

const Status = z.string().refine((status) => Object.hasOwn(STATUS, status), 'is no status that is known here');

/** The parts of a payment request (v3, api-version 2024-11-11) that we read. */
export const XenditRequest = z
  .object({
    payment_request_id: z.string().regex(/^pr-[\w-]{1,80}$/),
    reference_id: z.string().max(255),
    currency: Currency,
    request_amount: z.number(),
    channel_code: z.string().max(60),
    status: Status,
    actions: z.array(Action).nullish(),
    failure_code: z.string().nullish(),
  })
  .transform((request, context): Charge => {
    const money = moneyOf(request.request_amount, request.currency);
    if (money === undefined) {
      context.addIssue({ code: 'custom', path: ['request_amount'], message: 'is no sum of its currency' });
      return z.NEVER;
    }
    const actions = request.actions ?? [];
    const number = shown(actions, 'VIRTUAL_ACCOUNT_NUMBER');
    return {
      id: request.payment_request_id,
      reference: request.reference_id,
      status: STATUS[request.status]!,
      money,
      pageUrl: pageOf(actions),
      qrCode: shown(actions, 'QR_STRING'),
      account: number === undefined ? undefined : { bank: bankOf(request.channel_code), number },
      failure: request.failure_code ?? undefined,
    };
  });

function shown(actions: readonly Action[], descriptor: string): string | undefined {
  return actions.find((action) => action.descriptor === descriptor)?.value;
}

/** A page that a browser may be sent to; links into apps are none. */
function pageOf(actions: readonly Action[]): string | undefined {
  return actions.find(({ type, value }) => type === 'REDIRECT_CUSTOMER' && /^https?:\/\//.test(value))?.value;
}

function bankOf(channelCode: string): string {
  return channelCode.replace(/_VIRTUAL_ACCOUNT$/, '');
}

/** A line of the list of transactions: `product_id` is the payment request that it belongs to. */
export const XenditTransactions = z.object({
  data: z.array(z.object({ product_id: z.string(), reference_id: z.string() })),
});

export const XenditError = z.object({ error_code: z.string().max(100), message: z.string() });

/** What a webhook says; of a payment, it repeats what its request asked for. */
export const XenditWebhook = z.object({ event: z.string().max(100), data: z.unknown() });

export const XenditPayment = z
  .object({
    payment_id: z.string().max(100),
    payment_request_id: z.string().max(100),
    reference_id: z.string().max(255),
    currency: Currency,
    request_amount: z.number(),
    status: Status,
  })
  .transform((payment, context) => {
    const money = moneyOf(payment.request_amount, payment.currency);
    if (money === undefined) {
      context.addIssue({ code: 'custom', path: ['request_amount'], message: 'is no sum of its currency' });
      return z.NEVER;
    }
    return {
      paymentId: payment.payment_id,
      id: payment.payment_request_id,
      reference: payment.reference_id,
      status: STATUS[payment.status]!,
      money,
    };
  });
