import { z } from 'zod';
import { Currency, parseMoney } from '#shared/money.ts';
import { Country } from '#shared/regions.ts';

type Channel = { readonly country: Country; readonly currency: Currency; readonly by: 'qr' | 'page' | 'account' };

/** The channels that are emulated. */
export const CHANNELS = {
  PROMPTPAY: { country: 'TH', currency: 'THB', by: 'qr' },
  QRIS: { country: 'ID', currency: 'IDR', by: 'qr' },
  BCA_VIRTUAL_ACCOUNT: { country: 'ID', currency: 'IDR', by: 'account' },
  BNI_VIRTUAL_ACCOUNT: { country: 'ID', currency: 'IDR', by: 'account' },
  BRI_VIRTUAL_ACCOUNT: { country: 'ID', currency: 'IDR', by: 'account' },
  MANDIRI_VIRTUAL_ACCOUNT: { country: 'ID', currency: 'IDR', by: 'account' },
  DUITNOW: { country: 'MY', currency: 'MYR', by: 'qr' },
  GCASH: { country: 'PH', currency: 'PHP', by: 'page' },
  PAYMAYA: { country: 'PH', currency: 'PHP', by: 'page' },
  QRPH: { country: 'PH', currency: 'PHP', by: 'qr' },
  VIETQR: { country: 'VN', currency: 'VND', by: 'qr' },
  MOMO: { country: 'VN', currency: 'VND', by: 'page' },
} as const satisfies Record<string, Channel>;
type ChannelCode = keyof typeof CHANNELS;

const url = z.url({ protocol: /^https?$/ });
const Properties = z.strictObject({
  success_return_url: url.optional(),
  failure_return_url: url.optional(),
  cancel_return_url: url.optional(),
  display_name: z.string().min(1).max(250).optional(),
});

/** Body of POST /v3/payment_requests. Amounts count the currency itself. */
export const PaymentRequest = z
  .strictObject({
    reference_id: z.string().min(1).max(255),
    type: z.literal('PAY'),
    country: Country,
    currency: Currency,
    request_amount: z.number().positive(),
    capture_method: z.literal('AUTOMATIC'),
    channel_code: z.enum(Object.keys(CHANNELS) as ChannelCode[]),
    channel_properties: Properties,
    description: z.string().max(1000).default(''),
  })
  .transform((wanted, context) => {
    const channel = CHANNELS[wanted.channel_code];
    const refuse = (path: string, message: string) => {
      context.addIssue({ code: 'custom', path: [path], message });
      return z.NEVER;
    };
    if (channel.country !== wanted.country || channel.currency !== wanted.currency) {
      return refuse('channel_code', 'is not available for this country and currency');
    }
    if (channel.by === 'page' && wanted.channel_properties.success_return_url === undefined) {
      return refuse('channel_properties.success_return_url', 'is required');
    }
    const money = parseMoney(String(wanted.request_amount), wanted.currency);
    if (typeof money === 'string') return refuse('request_amount', money);
    return { ...wanted, money, by: channel.by };
  });
export type PaymentRequest = z.output<typeof PaymentRequest>;
