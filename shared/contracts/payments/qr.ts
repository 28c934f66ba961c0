import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { UserId } from '../../ids.ts';
import { Currency, DecimalString } from '../../money.ts';
import { characters } from '../text.ts';
import { Timestamp } from '../../wire-time.ts';
import { walletParams } from './wallets.ts';

/** A payload has at most 512 characters (EMVCo QRCPS-MPM 1.1, 3.1). */
const PAYLOAD_MAX = 512;

const QrScheme = z.enum(['promptpay', 'paynow', 'qris', 'duitnow', 'qr_ph', 'vietqr', 'tchat']);

const Payee = z.object({
  scheme: QrScheme,
  type: z
    .string()
    .meta({ description: 'What the reference is: mobile, national_id, biller, uen, bank_account, user, …' }),
  reference: z.string(),
  institution: z.string().nullable().meta({ description: 'The bank or provider that keeps the account' }),
});

const ParsedQr = z
  .object({
    scheme: QrScheme,
    is_dynamic: z.boolean().meta({ description: 'For one payment, and no more' }),
    currency: Currency,
    amount: DecimalString.nullable().meta({ description: 'Null where the payer enters it' }),
    extra: z
      .object({ type: z.enum(['asked', 'fixed', 'percentage']), value: z.string().nullable() })
      .nullable()
      .meta({ description: 'A tip or fee on top of the amount' }),
    merchant_name: z.string().nullable(),
    merchant_city: z.string().nullable(),
    country: z.string().nullable(),
    account: Payee,
    other_accounts: z.array(Payee).meta({ description: 'Where the code is good in further schemes' }),
    reference: z.string().nullable().meta({ description: 'Of the bill or payment' }),
    expires_at: Timestamp.nullable(),
    is_expired: z.boolean(),
    crc_ok: z.literal(true).meta({ description: 'A code with another checksum is refused' }),
    recipient_id: UserId.nullable().meta({
      description: 'Of a Tchat code: whom POST /payments/transfers is to name',
    }),
  })
  .meta({ id: 'ParsedQr' });
export type ParsedQrBody = z.input<typeof ParsedQr>;

export const parseQr = defineCall({
  name: 'parseQr',
  method: 'POST',
  path: '/payments/qr/parse',
  summary:
    'What a scanned EMVCo code pays: PromptPay, PayNow, QRIS, DuitNow, QR Ph, VietQR, or a Tchat code; changes nothing',
  tag: 'payments',
  access: 'user',
  body: z.strictObject({ payload: characters(1, PAYLOAD_MAX) }),
  answers: { 200: ParsedQr },
  rate: 'read',
});

const WalletQr = z
  .object({
    payload: z.string().meta({ description: 'To show as a QR code; other users scan it to pay into this wallet' }),
    recipient_id: UserId,
    currency: Currency,
    amount: DecimalString.nullable(),
  })
  .meta({ id: 'WalletQr' });
export type WalletQrBody = z.input<typeof WalletQr>;

export const showWalletQr = defineCall({
  name: 'showWalletQr',
  method: 'GET',
  path: '/payments/wallets/{id}/qr',
  summary: 'The code by which others pay into this wallet, of an exact sum or of what they enter',
  tag: 'payments',
  access: 'user',
  params: walletParams,
  query: z.strictObject({ amount: DecimalString.optional() }),
  answers: { 200: WalletQr },
  refuses: ['CONFLICT'],
  rate: 'read',
});
