import { AppError } from '#shared/errors.ts';
import type { TransactionId } from '#shared/ids.ts';
import { methodOf } from '../methods.ts';
import type { PaymentsPorts } from '../ports.ts';
import { findDeposit } from '../store/charges.ts';
import { type Page, showCode } from './show-code.ts';

/** A gateway gives its page within a second or two of the deposit's workflow starting. */
const RETRY_AFTER_S = 2;

/** Where a payer goes on: the gateway's page, or one of ours for a code or an account that the gateway gives without one. */
export type PaymentPage = { readonly location: string } | Page;

/**
 * What is behind the address to pay at. Whoever has the link may pay, so it needs no token; it tells nothing but how.
 *
 * @throws {AppError} NOT_FOUND when there is nothing to pay, RETRY_LATER until the gateway has made the charge.
 */
export function makePaymentPage({ databases }: Pick<PaymentsPorts, 'databases'>) {
  return async (id: TransactionId): Promise<PaymentPage> => {
    const deposit = await findDeposit(databases.of('core'), id);
    if (deposit?.status !== 'pending') throw new AppError('NOT_FOUND', { message: 'There is nothing to pay here' });
    const { page_url: location, qr_code: qrCode, account_number: number, account_bank: bank } = deposit;
    if (location !== null) return { location };
    const { amount: minor, currency } = deposit;
    const method = methodOf(deposit.payment_method, currency)?.name ?? deposit.payment_method;
    if (qrCode !== null) return showCode({ minor, currency, method, qrCode });
    if (number !== null) return showCode({ minor, currency, method, bank: bank ?? method, number });
    throw new AppError('RETRY_LATER', { message: 'The payment page is on its way', retryAfterS: RETRY_AFTER_S });
  };
}
