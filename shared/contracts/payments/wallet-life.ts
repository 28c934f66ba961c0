import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { UserId, WalletId } from '../../ids.ts';
import { Currency } from '../../money.ts';
import { Timestamp } from '../../wire-time.ts';
import { words } from '../text.ts';
import { Moment } from './history.ts';
import { Wallet, WALLET_STATUSES, walletParams } from './wallets.ts';

const REASON_CHARACTERS_MAX = 500;

const WalletThen = Wallet.extend({
  as_of: Timestamp.optional().meta({ description: 'The moment that the balances are of, when one was asked for' }),
}).meta({ id: 'WalletThen' });
export type WalletThenBody = z.input<typeof WalletThen>;

export const getWallet = defineCall({
  name: 'getWallet',
  method: 'GET',
  path: '/payments/wallets/{id}',
  summary: 'One wallet; with `at`, its three balances as they were at the end of that millisecond',
  tag: 'payments',
  access: 'user',
  params: walletParams,
  query: z.strictObject({ at: Moment.optional().meta({ description: 'A moment that has passed' }) }),
  answers: { 200: WalletThen },
  rate: 'read',
});

export const updateWallet = defineCall({
  name: 'updateWallet',
  method: 'PATCH',
  path: '/payments/wallets/{id}',
  summary:
    'Makes a wallet the primary one, in the place of the one that was; that one says no more of itself, so `false` is refused for it (409)',
  tag: 'payments',
  access: 'user',
  params: walletParams,
  body: z.strictObject({ is_primary: z.boolean() }),
  answers: { 200: Wallet },
  rate: 'write',
});

export const closeWallet = defineCall({
  name: 'closeWallet',
  method: 'DELETE',
  path: '/payments/wallets/{id}',
  summary:
    'Closes a wallet that is empty, with nothing held or under way (else 409); POST /payments/wallets in its currency opens it again',
  tag: 'payments',
  access: 'user',
  params: walletParams,
  answers: { 200: Wallet },
  rate: 'write',
});

/** A wallet as those see it who look after it: without what is in it. */
const OpsWallet = z
  .object({
    id: WalletId,
    user_id: UserId,
    currency: Currency,
    status: z.enum(WALLET_STATUSES),
    is_primary: z.boolean(),
    created_at: Timestamp,
    /** Newest first. */
    changes: z.array(
      z.object({
        previous: z.enum(WALLET_STATUSES),
        status: z.enum(WALLET_STATUSES),
        actor: z.string(),
        reason: z.string().nullable(),
        at: Timestamp,
      }),
    ),
  })
  .meta({ id: 'OpsWallet' });
export type OpsWalletBody = z.input<typeof OpsWallet>;

const ofWallet = { tag: 'ops', access: ['ops'], params: walletParams, answers: { 200: OpsWallet } } as const;
const Reason = z.strictObject({ reason: words(REASON_CHARACTERS_MAX) });

export const readWallet = defineCall({
  ...ofWallet,
  name: 'readWallet',
  method: 'GET',
  path: '/ops/wallets/{id}',
  summary: 'How a wallet stands, and what was done to it and why',
  rate: 'read',
});

export const freezeWallet = defineCall({
  ...ofWallet,
  name: 'freezeWallet',
  method: 'POST',
  path: '/ops/wallets/{id}/freeze',
  summary:
    'Lets nothing leave a wallet any more; what comes still comes, and what is held already goes its way. Freezing twice changes nothing',
  body: Reason,
  rate: 'write',
});

export const unfreezeWallet = defineCall({
  ...ofWallet,
  name: 'unfreezeWallet',
  method: 'POST',
  path: '/ops/wallets/{id}/unfreeze',
  summary: 'Lets money leave a frozen wallet again. Again: changes nothing',
  body: Reason,
  rate: 'write',
});
