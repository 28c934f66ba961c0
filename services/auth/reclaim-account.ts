import { AppError, invalid } from '#shared/errors.ts';
import { AccountReclaimed } from '#shared/events/auth.ts';
import { happened, type Outbox } from '#shared/events/event.ts';
import { regionOf, type SessionId, type UserId } from '#shared/ids.ts';
import type { Country } from '#shared/regions.ts';
import { type Databases, firstRow, statement } from '#shared/sql.ts';
import { parkAccount } from './idle-account.ts';
import { countryOf } from './phone.ts';
import type { RevocationFeed } from './ports.ts';

const HOLD_PARKED = statement(
  'auth.hold-parked',
  `SELECT accounts.id, accounts.country_code FROM auth.accounts
   WHERE accounts.id = $1 AND accounts.is_parked AND accounts.erased_at IS NULL FOR NO KEY UPDATE`,
);
const HOLD_HOLDER = statement(
  'auth.hold-holder-of-number',
  `SELECT accounts.id, accounts.country_code FROM auth.accounts WHERE accounts.phone_number = $1 FOR NO KEY UPDATE`,
);
// It counts as a change of number: limits are low for a day.
const GIVE_NUMBER = statement(
  'auth.give-number-back',
  `WITH noted AS (
     DELETE FROM auth.parked_accounts AS parked WHERE parked.account_id = $1
   )
   UPDATE auth.accounts SET phone_number = $2, is_parked = false, last_login_on = current_date, phone_changed_at = now(),
     updated_at = now()
   WHERE accounts.id = $1`,
);

const OF_NUMBER = statement(
  'auth.parked-of-number',
  `SELECT parked.account_id, parked.parked_at FROM auth.parked_accounts AS parked
   WHERE parked.phone_number = $1 ORDER BY parked.parked_at DESC LIMIT 100`,
);

export type Parked = { readonly account_id: UserId; readonly parked_at: Date };

/** Accounts that once had a number, which has gone to somebody else; the newest first. @param phoneNumber E.164 */
export async function parkedOf(databases: Databases, phoneNumber: string): Promise<Parked[]> {
  const country = countryOf(phoneNumber);
  return country === undefined ? [] : await databases.of(country).rows<Parked>(OF_NUMBER, [phoneNumber]);
}

type Held = { readonly id: UserId; readonly country_code: Country };

export type ReclaimPorts = {
  readonly databases: Databases;
  readonly outbox: Outbox;
  readonly feed: Pick<RevocationFeed, 'publish'>;
};

/**
 * Gives a parked account a number again, once staff have seen who its owner is, and with it the way in. An account that has
 * that number is parked in its place: that of its owner, who had started anew.
 *
 * @param phoneNumber E.164
 * @param by who does it, for the auditors
 * @throws {AppError} NOT_FOUND when there is no such parked account; VALIDATION_ERROR for a number of another country
 */
export async function reclaimAccount(
  { databases, outbox, feed }: ReclaimPorts,
  userId: UserId,
  phoneNumber: string,
  by: string,
): Promise<{ readonly parked: UserId | undefined }> {
  const done = await databases.of(regionOf(userId)).transaction(async (tx) => {
    const ended: SessionId[] = [];
    const account = await firstRow<Held>(tx, HOLD_PARKED, [userId]);
    if (account === undefined) throw new AppError('NOT_FOUND');
    const { id, country_code: country } = account;
    if (countryOf(phoneNumber) !== country)
      throw invalid('phone', `must be a number of the account's country, ${country}`);
    const holder = await firstRow<Held>(tx, HOLD_HOLDER, [phoneNumber]);
    if (holder !== undefined) ended.push(...(await parkAccount(outbox, tx, holder, by)).ids);
    await tx.rows(GIVE_NUMBER, [id, phoneNumber]);
    await outbox.append(tx, {
      events: [happened(AccountReclaimed, id, { user_id: id, country })],
      audit: [{ actor: by, action: 'auth.account_reclaimed', subject: id, region: country, outcome: 'ok' }],
    });
    return { parked: holder?.id, ended };
  });
  if (done.ended.length > 0) await feed.publish(done.ended);
  return { parked: done.parked };
}
