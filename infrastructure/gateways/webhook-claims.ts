import type { Charge, Claim } from '#services/payments/ports.ts';
import { AppError } from '#shared/errors.ts';

/**
 * The charge that a webhook tells of, as the gateway answered when it was asked. What the webhook claimed of its sum and
 * reference stands beside it, so that one that lies is found out where charges are compared with what was asked for.
 *
 * @throws {AppError} CONFLICT when the webhook tells of an end that the gateway does not confirm: one that is not true, or
 *   one that is not known everywhere at the gateway yet, and is told again then.
 */
export function confirmed(
  { status, reference, money }: Claim & Pick<Charge, 'status'>,
  asked: Charge | undefined,
): { readonly charge: Charge; readonly claimed: Claim } {
  if (asked === undefined) throw refused('The gateway has no such charge');
  if (status !== 'pending' && asked.status === 'pending') throw refused('The gateway says that it is pending');
  return { charge: asked, claimed: { reference, money } };
}

function refused(details: string): AppError {
  return new AppError('CONFLICT', { message: 'The gateway does not confirm this webhook', details });
}
