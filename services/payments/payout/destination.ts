import type { DestinationBody } from '#shared/contracts/payments/payouts.ts';
import { invalid } from '#shared/errors.ts';
import { bankCalled } from './banks.ts';
import { codesOf, type PayoutMethod } from './payout-methods.ts';

/** Where a withdrawal goes, as its gateway wants it. Personal: it rests sealed and is told to the gateway only. */
export type Destination = {
  /** A bank's or an e-wallet's code; undefined where the type says it all. */
  readonly bankCode: string | undefined;
  readonly accountNumber: string;
  readonly accountName: string;
};

/**
 * What a client wrote, held to what the method wants.
 *
 * @throws {AppError} VALIDATION_ERROR that names the field
 */
export function checkedDestination(method: PayoutMethod, asked: DestinationBody): Destination {
  const accountNumber = asked.account_number.replaceAll(/[\s-]/g, '').toUpperCase();
  if (!method.number.test(accountNumber)) {
    throw invalid('destination.account_number', `is no number that ${method.name} has`);
  }
  return { bankCode: bankCodeOf(method, asked.bank_code), accountNumber, accountName: asked.account_name };
}

function bankCodeOf(method: PayoutMethod, code: string | undefined): string | undefined {
  if (method.codes === 'none') {
    if (code !== undefined) throw invalid('destination.bank_code', `is not wanted for ${method.name}`);
    return undefined;
  }
  if (code === undefined) throw invalid('destination.bank_code', `is wanted for ${method.name}`);
  const bank = bankCalled(codesOf(method), code);
  if (bank === undefined) throw invalid('destination.bank_code', 'is none of GET /payments/payouts/methods');
  return bank.code;
}
