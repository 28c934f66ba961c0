import { z } from 'zod';
import { Currency, type Money } from '#shared/money.ts';

/** The ways of paying that are emulated, by how a payer comes to them, and the currencies that each takes. */
const INTENT_METHODS = { paynow: ['SGD'], grabpay: ['SGD', 'MYR'] } as const;
const SESSION_METHODS = {
  card: ['THB', 'SGD', 'IDR', 'MYR', 'PHP', 'VND', 'USD'],
  fpx: ['MYR'],
  promptpay: ['THB'],
  grabpay: ['SGD', 'MYR'],
} as const;
type IntentMethod = keyof typeof INTENT_METHODS;
type SessionMethod = keyof typeof SESSION_METHODS;

const keysOf = <Key extends string>(methods: Readonly<Record<Key, unknown>>) => Object.keys(methods) as Key[];
const currency = z
  .string()
  .regex(/^[a-z]{3}$/)
  .toUpperCase()
  .pipe(Currency);
const amount = z.coerce.number().int().min(1).max(99_999_999_999);
const metadata = z.record(z.string(), z.string().max(500)).default({});
const url = z.url({ protocol: /^https?$/ });

/** The money of a request, whose integers count the smallest unit: the dong has none, the rupiah's is a hundredth. */
function money(minor: number, of: Currency): Money {
  return { minor: BigInt(minor), currency: of };
}

/** Body of POST /v1/payment_intents as far as a server confirms it. In a form everything is text. */
export const IntentRequest = z
  .strictObject({
    amount,
    currency,
    confirm: z.literal('true'),
    allowed_payment_method_types: z.tuple([z.enum(keysOf<IntentMethod>(INTENT_METHODS))]),
    payment_method_data: z.strictObject({ type: z.enum(keysOf<IntentMethod>(INTENT_METHODS)) }),
    metadata,
    return_url: url.optional(),
    description: z.string().max(1000).default(''),
  })
  .refine(({ payment_method_data: { type }, currency: of }) => takes(INTENT_METHODS[type], of), {
    path: ['currency'],
    message: 'is not supported by this payment method',
  })
  .transform((body) => ({ ...body, method: body.payment_method_data.type, money: money(body.amount, body.currency) }));
export type IntentRequest = z.output<typeof IntentRequest>;

const LineItem = z.strictObject({
  quantity: z.literal('1'),
  price_data: z.strictObject({
    currency,
    unit_amount: amount,
    product_data: z.strictObject({ name: z.string().min(1) }),
  }),
});

/** Body of POST /v1/checkout/sessions for one thing to pay. */
export const SessionRequest = z
  .strictObject({
    mode: z.literal('payment'),
    allowed_payment_method_types: z.tuple([z.enum(keysOf<SessionMethod>(SESSION_METHODS))]),
    client_reference_id: z.string().max(200),
    line_items: z.tuple([LineItem]),
    payment_intent_data: z
      .strictObject({ metadata, description: z.string().max(1000).default('') })
      .default({ metadata: {}, description: '' }),
    success_url: url,
  })
  .refine(
    ({ allowed_payment_method_types: [type], line_items: [item] }) =>
      takes(SESSION_METHODS[type], item.price_data.currency),
    { path: ['line_items'], message: 'the currency is not supported by this payment method' },
  )
  .transform((body) => {
    const [{ price_data: price }] = body.line_items;
    return {
      ...body,
      method: body.allowed_payment_method_types[0],
      money: money(price.unit_amount, price.currency),
      description: body.payment_intent_data.description,
    };
  });
export type SessionRequest = z.output<typeof SessionRequest>;

function takes(currencies: readonly Currency[], wanted: Currency): boolean {
  return currencies.includes(wanted);
}

/** Query of the lists: newest first, what was made since, after the one that the last page ended with. */
export const ListQuery = z.strictObject({
  // Nested in the form's way; a query is not parsed further here.
  'created[gte]': z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(100).default(10),
  starting_after: z.string().max(200).optional(),
});

/** Body of POST /v1/refunds of a payment, in part or whole. */
export const RefundRequest = z.strictObject({
  payment_intent: z.string().max(200),
  amount: amount.optional(),
  reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
  metadata,
});
export type RefundRequest = z.output<typeof RefundRequest>;

/** Query of the list of the refunds of one payment. */
export const RefundListQuery = z.strictObject({
  payment_intent: z.string().max(200),
  limit: z.coerce.number().int().min(1).max(100).default(10),
  starting_after: z.string().max(200).optional(),
});
