import type { Caller } from '#shared/caller.ts';
import { AppError } from '#shared/errors.ts';
import type { Currency } from '#shared/money.ts';
import { type Outcome, refusal } from './ledger/post.ts';
import { newDeviceMax } from './rules.ts';

type Who = Pick<Caller, 'limitedUntil'>;

/** Whether the money leaves from a new device, or under a new number. */
export function isLimitedAt({ limitedUntil }: Who, at: Date): boolean {
  return limitedUntil !== undefined && limitedUntil > at;
}

/** What the ledger's refusal means to someone whose limits may have been lowered: who is told says until when. */
export function spendingRefusal(
  outcome: Exclude<Outcome, 'posted'>,
  caller: Who,
  currency: Currency,
  at: Date,
): AppError {
  if (outcome !== 'daily_limit' || !isLimitedAt(caller, at)) return refusal(outcome);
  const until = caller.limitedUntil!.toISOString();
  return new AppError('LIMIT_EXCEEDED', {
    details: `This goes over the daily limit of a new device or number: ${newDeviceMax(currency)} ${currency} until ${until}`,
  });
}
