import { AppError } from '#shared/errors.ts';
import { AccountParked } from '#shared/events/auth.ts';
import { happened, type Outbox } from '#shared/events/event.ts';
import type { UserId } from '#shared/ids.ts';
import type { Country } from '#shared/regions.ts';
import { statement, type Tx } from '#shared/sql.ts';
import { type EndedSessions, endSessions } from './account-life/end-sessions.ts';

// The number is noted before it goes, in one statement.
const PARK = statement(
  'auth.park-account',
  `WITH noted AS (
     INSERT INTO auth.parked_accounts (account_id, phone_number)
     SELECT leaving.id, leaving.phone_number FROM auth.accounts AS leaving WHERE leaving.id = $1
   )
   UPDATE auth.accounts SET phone_number = NULL, is_parked = true, updated_at = now() WHERE accounts.id = $1`,
);

type Account = { readonly id: UserId; readonly country_code: Country };

/**
 * Takes the number from an account, whose row is held, and keeps everything else of it for its owner: money, dialogs,
 * orders. Announce the sessions that ended after the commit.
 *
 * @param by who wanted it: the new holder of the number has no id yet
 */
export async function parkAccount(outbox: Outbox, tx: Tx, account: Account, by = 'system'): Promise<EndedSessions> {
  const { id, country_code: country } = account;
  await tx.rows(PARK, [id]);
  const ended = await endSessions(tx, id, 'number_reassigned');
  await outbox.append(tx, {
    events: [happened(AccountParked, id, { user_id: id, country }), ...ended.events],
    audit: [{ actor: by, action: 'auth.account_parked', subject: id, region: country, outcome: 'ok' }],
  });
  return ended;
}

/** What whoever logs in with the number of such an account is told; the code is as good as before. */
export function idleRefusal(hasPin: boolean): AppError {
  const anew = 'with start_anew: true to leave the account to its owner and open a new one';
  const details = hasPin
    ? `Send the same code again with the pin of the account, or ${anew}`
    : `The account has no PIN: send the same code again ${anew}`;
  return new AppError('ACCOUNT_IDLE', { details });
}
