import type { Charge } from '#services/payments/ports.ts';
import { AppError } from '#shared/errors.ts';

/**
 * A charge as a webhook tells of it, made of what the gateway answered when it was asked. The sum and the reference stay as
 * claimed, so that a webhook that lies about them is found out where charges are compared with what was asked for; the
 * status is the gateway's.
 *
 * @throws {AppError} CONFLICT when the webhook tells of an end that the gateway does not confirm: one that is not true, or
 *   one that is not known everywhere at the gateway yet, and is told again then.
 */
export function confirmed(
  claimed: Pick<Charge, 'id' | 'reference' | 'money' | 'status'>,
  asked: Charge | undefined,
): Charge {
  if (asked === undefined) throw refused('The gateway has no such charge');
  if (claimed.status !== 'pending' && asked.status === 'pending') throw refused('The gateway says that it is pending');
  return { ...asked, reference: claimed.reference, money: claimed.money };
}

function refused(details: string): AppError {
  return new AppError('CONFLICT', { message: 'The gateway does not confirm this webhook', details });
}
