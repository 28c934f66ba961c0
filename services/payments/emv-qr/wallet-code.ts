import type { Caller } from '#shared/caller.ts';
import type { WalletQrBody } from '#shared/contracts/payments/qr.ts';
import { AppError, invalid } from '#shared/errors.ts';
import type { WalletId } from '#shared/ids.ts';
import { formatMoney, positiveMoney } from '#shared/money.ts';
import type { Country } from '#shared/regions.ts';
import type { PaymentsPorts } from '../ports.ts';
import { findWallet } from '../store/wallets.ts';
import { tchatCode } from './tchat.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'profiles'>;

/** A code must name a city (EMVCo object 60), and we know none of a person: it is the capital of their country. */
const CAPITALS: Readonly<Record<Country, string>> = {
  TH: 'Bangkok',
  SG: 'Singapore',
  ID: 'Jakarta',
  MY: 'Kuala Lumpur',
  PH: 'Manila',
  VN: 'Ha Noi',
};
/** As much as object 54 can say. */
const AMOUNT_CHARACTERS_MAX = 13;

/**
 * The code by which others pay into one of the caller's wallets. It says the name that they show, and no number of theirs.
 *
 * @param amount as written by the client; undefined lets the payer enter one
 * @throws {AppError} NOT_FOUND, CONFLICT for a closed wallet, VALIDATION_ERROR
 */
export function makeWalletCode({ databases, profiles }: Ports) {
  return async (caller: Caller, id: WalletId, amount: string | undefined): Promise<WalletQrBody> => {
    const { userId, country } = caller;
    const [wallet, [profile]] = await Promise.all([
      findWallet(databases.of('core'), id, userId),
      profiles.find([userId]),
    ]);
    if (wallet === undefined) throw new AppError('NOT_FOUND', { message: 'There is no such wallet' });
    if (wallet.status === 'closed') throw new AppError('CONFLICT', { message: 'The wallet is closed' });
    const { currency } = wallet;
    const money = amount === undefined ? undefined : positiveMoney(amount, currency);
    if (typeof money === 'string') throw invalid('amount', money);
    const decimal = money === undefined ? null : formatMoney(money);
    if (decimal !== null && decimal.length > AMOUNT_CHARACTERS_MAX) throw invalid('amount', 'is too large for a code');
    const payload = tchatCode({
      userId,
      currency,
      country,
      shown: { name: profile?.displayName ?? '', city: CAPITALS[country] },
      ...(money === undefined ? {} : { money }),
    });
    return { payload, recipient_id: userId, currency, amount: decimal };
  };
}
