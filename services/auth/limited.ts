import type { Caller } from '#shared/caller.ts';
import { AppError } from '#shared/errors.ts';
import type { UserId } from '#shared/ids.ts';
import { type Databases, firstRow, statement } from '#shared/sql.ts';
import type { Clock } from '#shared/time.ts';

const IS_SETTLED = statement(
  'auth.is-settled',
  `SELECT accounts.created_at <= now() - interval '1 day' AS is_settled FROM auth.accounts WHERE accounts.id = $1`,
);

type LimitedPorts = { readonly databases: Databases; readonly clock: Clock };

/** Until when the caller's device or number counts as new; undefined when it does not. */
export function limitedUntil({ limitedUntil: until }: Caller, clock: Clock): Date | undefined {
  return until !== undefined && until > clock() ? until : undefined;
}

/** What a session that may be a thief's is told. */
export function newDeviceRefusal(until: Date, otherwise = ''): AppError {
  const details = `The device or the number is new: possible from ${until.toISOString()}${otherwise}`;
  return new AppError('FORBIDDEN', { details });
}

/**
 * Until when the caller's device counts as new beside devices that the account knows better. In its first day an account
 * knows none of its devices, and then no device is worth less than another: undefined, as for a device that is not new.
 */
export async function lessTrustedUntil({ databases, clock }: LimitedPorts, caller: Caller): Promise<Date | undefined> {
  const until = limitedUntil(caller, clock);
  if (until === undefined) return undefined;
  return (await isSettled(databases, caller)) ? until : undefined;
}

/** Whether an account is out of its first day. */
async function isSettled(
  databases: Databases,
  { userId, country }: { readonly userId: UserId; readonly country: Caller['country'] },
): Promise<boolean> {
  const row = await firstRow<{ is_settled: boolean }>(databases.of(country), IS_SETTLED, [userId]);
  return row?.is_settled ?? true;
}
