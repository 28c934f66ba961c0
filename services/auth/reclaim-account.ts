import { AppError, invalid } from '#shared/errors.ts';
import { AccountReclaimed, PhoneChanged } from '#shared/events/auth.ts';
import { happened, type Outbox } from '#shared/events/event.ts';
import { regionOf, type SessionId, type UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Country, Locale } from '#shared/regions.ts';
import { type Databases, firstRow, statement, type Tx } from '#shared/sql.ts';
import { type EndedSessions, endSessions } from './account-life/end-sessions.ts';
import { parkAccount } from './idle-account.ts';
import { keepOldNumber, type PhoneChangeId } from './phone-change/store.ts';
import { countryOf } from './phone.ts';
import type { RevocationFeed } from './ports.ts';

const HOLD = statement(
  'auth.hold-for-reclaim',
  `SELECT accounts.id, accounts.country_code, accounts.phone_number, accounts.locale FROM auth.accounts
   WHERE accounts.id = $1 AND accounts.erased_at IS NULL FOR NO KEY UPDATE`,
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

type Holder = { readonly id: UserId; readonly country_code: Country };
/** Without a number it is parked. */
type Account = Holder & { readonly phone_number: string | null; readonly locale: Locale };

export type ReclaimPorts = {
  readonly databases: Databases;
  readonly outbox: Outbox;
  readonly feed: Pick<RevocationFeed, 'publish'>;
};

/**
 * Gives an account another number, once staff have seen who its owner is, and with it the way in: one that is parked, or
 * one whose number was lost or stolen and that no session of the owner's is left of. Its sessions end, limits are low for a
 * day, and the number that it had is told. An account that has the new one is parked in its place: that of its owner, who
 * had started anew.
 *
 * @param phoneNumber E.164
 * @param by who does it, for the auditors
 * @throws {AppError} NOT_FOUND when there is no such account, or it is erased; VALIDATION_ERROR for a number of another
 *   country, and for the one that it has
 */
export async function reclaimAccount(
  { databases, outbox, feed }: ReclaimPorts,
  userId: UserId,
  phoneNumber: string,
  by: string,
): Promise<{ readonly parked: UserId | undefined }> {
  const done = await databases.of(regionOf(userId)).transaction(async (tx) => {
    const ended: SessionId[] = [];
    const account = await firstRow<Account>(tx, HOLD, [userId]);
    if (account === undefined) throw new AppError('NOT_FOUND');
    const { id, country_code: country } = account;
    if (countryOf(phoneNumber) !== country)
      throw invalid('phone', `must be a number of the account's country, ${country}`);
    if (phoneNumber === account.phone_number) throw invalid('phone', 'is the number that the account has');
    const holder = await firstRow<Holder>(tx, HOLD_HOLDER, [phoneNumber]);
    if (holder !== undefined) ended.push(...(await parkAccount(outbox, tx, holder, by)).ids);
    const left = await leaveNumber(tx, account);
    ended.push(...left.ids);
    await tx.rows(GIVE_NUMBER, [id, phoneNumber]);
    await outbox.append(tx, {
      events: [happened(AccountReclaimed, id, { user_id: id, country }), ...left.events],
      audit: [{ actor: by, action: 'auth.account_reclaimed', subject: id, region: country, outcome: 'ok' }],
    });
    return { parked: holder?.id, ended };
  });
  if (done.ended.length > 0) await feed.publish(done.ended);
  return { parked: done.parked };
}

/** Of an account that is not parked: whoever holds its number is told, and whoever is logged in no more. */
async function leaveNumber(
  tx: Tx,
  { id, country_code: country, phone_number, locale }: Account,
): Promise<EndedSessions> {
  if (phone_number === null) return { ids: [], events: [] };
  const changeId = newId<PhoneChangeId>(country);
  await keepOldNumber(tx, changeId, id, { phone_number, locale });
  const ended = await endSessions(tx, id, 'phone_changed');
  const changed = happened(PhoneChanged, id, { user_id: id, change_id: changeId, country });
  return { ids: ended.ids, events: [changed, ...ended.events] };
}
