import { AppError } from '#shared/errors.ts';
import type { TransactionId } from '#shared/ids.ts';
import type { PaymentsPorts } from '../ports.ts';
import { findDeposit } from '../store/charges.ts';

/** A gateway gives its page within a second or two of the deposit's workflow starting. */
const RETRY_AFTER_S = 2;

/**
 * The address of the gateway's page for a deposit. Whoever has the link may pay, so it needs no token; it tells nothing
 * but where to pay.
 *
 * @throws {AppError} NOT_FOUND when there is nothing to pay, RETRY_LATER until the gateway has given its page.
 */
export function makePaymentPage({ databases }: Pick<PaymentsPorts, 'databases'>) {
  return async (id: TransactionId): Promise<string> => {
    const deposit = await findDeposit(databases.of('core'), id);
    if (deposit?.status !== 'pending' || deposit.qr_code !== null) {
      throw new AppError('NOT_FOUND', { message: 'There is nothing to pay here' });
    }
    if (deposit.page_url === null) {
      throw new AppError('RETRY_LATER', { message: 'The payment page is on its way', retryAfterS: RETRY_AFTER_S });
    }
    return deposit.page_url;
  };
}
