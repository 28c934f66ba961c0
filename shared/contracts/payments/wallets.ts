import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { NextCursor, ShortListQuery } from '../../http/paging.ts';
import { UserId, WalletId } from '../../ids.ts';
import { Currency, DecimalString } from '../../money.ts';
import { Timestamp } from '../../wire-time.ts';

export const WALLET_STATUSES = ['active', 'suspended', 'closed'] as const;
export type WalletStatus = (typeof WALLET_STATUSES)[number];

export const Wallet = z
  .object({
    id: WalletId,
    user_id: UserId,
    currency: Currency,
    balance: DecimalString.meta({ description: 'Everything in the wallet, held sums included' }),
    frozen_balance: DecimalString.meta({ description: 'Held for orders that are under way' }),
    available_balance: DecimalString.meta({ description: 'balance less frozen_balance' }),
    daily_limit: DecimalString,
    monthly_limit: DecimalString,
    used_this_month: DecimalString.meta({
      description: 'What left or is held this month, in the time zone of the home country',
    }),
    status: z.enum(WALLET_STATUSES),
    is_primary: z.boolean(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'Wallet' });
export type WalletBody = z.input<typeof Wallet>;

export const walletParams = z.object({ id: WalletId });

export const listWallets = defineCall({
  name: 'listWallets',
  method: 'GET',
  path: '/payments/wallets',
  summary: 'The wallets of the caller',
  tag: 'payments',
  access: 'user',
  query: ShortListQuery,
  answers: { 200: z.object({ wallets: z.array(Wallet), next_cursor: NextCursor }) },
  rate: 'read',
});

export const createWallet = defineCall({
  name: 'createWallet',
  method: 'POST',
  path: '/payments/wallets',
  summary: 'Open a wallet; there is one per currency, and the first one is the primary one',
  tag: 'payments',
  access: 'user',
  body: z.strictObject({ currency: Currency, is_primary: z.boolean().optional() }),
  answers: { 201: Wallet },
  idempotency: 'accepted',
  rate: 'write',
});
