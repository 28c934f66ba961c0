import type { ParsedQrBody } from '#shared/contracts/payments/qr.ts';
import { invalid } from '#shared/errors.ts';
import { UserId } from '#shared/ids.ts';
import { formatMoney } from '#shared/money.ts';
import type { PaymentsPorts } from '../ports.ts';
import { readCode } from './read-code.ts';
import type { Payee } from './scheme.ts';

type Ports = Pick<PaymentsPorts, 'clock'>;

/**
 * What a scanned code pays, for the app to show before anything is paid.
 *
 * @throws {AppError} VALIDATION_ERROR that says in words what is wrong with the code
 */
export function makeParseCode({ clock }: Ports) {
  return (payload: string): ParsedQrBody => {
    const code = readCode(payload);
    if (typeof code === 'string') throw invalid('payload', code);
    const [payee, ...others] = code.payees;
    return {
      scheme: payee.scheme,
      is_dynamic: code.isDynamic,
      currency: code.currency,
      amount: code.money === undefined ? null : formatMoney(code.money),
      extra: code.extra === undefined ? null : { type: code.extra.type, value: code.extra.value ?? null },
      merchant_name: code.merchantName ?? null,
      merchant_city: code.merchantCity ?? null,
      country: code.country ?? null,
      account: accountOf(payee),
      other_accounts: others.map(accountOf),
      reference: code.reference ?? null,
      expires_at: payee.expiresAt?.toISOString() ?? null,
      is_expired: payee.expiresAt !== undefined && payee.expiresAt <= clock(),
      crc_ok: true,
      recipient_id: recipientOf(payee),
    };
  };
}

function recipientOf({ scheme, reference }: Payee): UserId | null {
  if (scheme !== 'tchat') return null;
  const id = UserId.safeParse(reference);
  if (!id.success) throw invalid('payload', 'names nobody to pay');
  return id.data;
}

function accountOf({ scheme, type, reference, institution }: Payee) {
  return { scheme, type, reference, institution: institution ?? null };
}
