import { z } from 'zod';
import { Currency } from '#shared/money.ts';

type Source = {
  readonly currency: Currency;
  /** `offline`: the payer scans a code. `redirect`: the payer is sent to a page. */
  readonly flow: 'offline' | 'redirect';
};

/** The ways of paying that are emulated. */
export const SOURCES = {
  promptpay: { currency: 'THB', flow: 'offline' },
  mobile_banking_bay: { currency: 'THB', flow: 'redirect' },
  mobile_banking_bbl: { currency: 'THB', flow: 'redirect' },
  mobile_banking_kbank: { currency: 'THB', flow: 'redirect' },
  mobile_banking_ktb: { currency: 'THB', flow: 'redirect' },
  mobile_banking_scb: { currency: 'THB', flow: 'redirect' },
  truemoney: { currency: 'THB', flow: 'redirect' },
  paynow: { currency: 'SGD', flow: 'offline' },
  duitnow_qr: { currency: 'MYR', flow: 'offline' },
} as const satisfies Record<string, Source>;
export type SourceType = keyof typeof SOURCES;

/** Omise's own bound on one piece of metadata is larger; ours are ids. */
const METADATA_VALUE_MAX = 512;

/** Body of POST /charges. `amount` is in the currency's smallest unit; in a form everything is text. */
export const ChargeRequest = z
  .strictObject({
    amount: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
    currency: z.string().toUpperCase().pipe(Currency),
    description: z.string().max(255).default(''),
    source: z.strictObject({ type: z.enum(Object.keys(SOURCES) as SourceType[]) }),
    metadata: z.record(z.string(), z.coerce.string().max(METADATA_VALUE_MAX)).default({}),
    expires_at: z.iso.datetime({ offset: true }).optional(),
    return_uri: z.url().optional(),
  })
  .refine(({ source, currency }) => SOURCES[source.type].currency === currency, {
    path: ['currency'],
    message: 'is not supported by this source',
  });
export type ChargeRequest = z.output<typeof ChargeRequest>;

const LIST_LIMIT_MAX = 100;

/** Query of GET /charges. */
export const ChargeListQuery = z.strictObject({
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  order: z.enum(['chronological', 'reverse_chronological']).default('chronological'),
  limit: z.coerce.number().int().min(1).max(LIST_LIMIT_MAX).default(20),
  offset: z.coerce.number().int().min(0).default(0),
});
