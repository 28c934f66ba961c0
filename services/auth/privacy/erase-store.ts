import type { UserId } from '#shared/ids.ts';
import { statement, type Tx } from '#shared/sql.ts';

/** Each takes the account's id. The account itself comes last, since the code of its number is found by it. */
const ERASE = [
  statement(
    'auth.erase-codes',
    `DELETE FROM auth.otp_challenges USING auth.accounts
     WHERE accounts.id = $1 AND otp_challenges.phone_number = accounts.phone_number`,
  ),
  // What a number may still ask for goes with it, unless it is locked out: an erasure is no way around that.
  statement(
    'auth.erase-number',
    `DELETE FROM auth.otp_numbers USING auth.accounts
     WHERE accounts.id = $1 AND otp_numbers.phone_number = accounts.phone_number
       AND coalesce(otp_numbers.refused_until <= now(), true)`,
  ),
  statement('auth.erase-second-factor', 'DELETE FROM auth.second_factors WHERE second_factors.account_id = $1'),
  statement('auth.erase-recovery-codes', 'DELETE FROM auth.recovery_codes WHERE recovery_codes.account_id = $1'),
  statement('auth.erase-pin', 'DELETE FROM auth.pins WHERE pins.account_id = $1'),
  statement('auth.erase-devices', 'DELETE FROM auth.devices WHERE devices.account_id = $1'),
  statement('auth.erase-old-numbers', 'DELETE FROM auth.phone_changes WHERE phone_changes.account_id = $1'),
  statement('auth.erase-last-seen', 'DELETE FROM auth.last_seen WHERE last_seen.account_id = $1'),
  statement('auth.erase-blocks', 'DELETE FROM auth.blocks WHERE blocks.blocker_id = $1'),
  statement('auth.erase-appeals', 'DELETE FROM auth.appeals WHERE appeals.account_id = $1'),
  // What someone said of others loses its words; what others said of them is the others'.
  statement('auth.erase-report-words', `UPDATE auth.reports SET reason = '' WHERE reports.reporter_id = $1`),
  statement(
    'auth.erase-change-words',
    'UPDATE auth.account_changes SET reason = NULL WHERE account_changes.account_id = $1',
  ),
  // The rows stay: whoever starts within the life of an access token reads from them that it has ended.
  statement(
    'auth.erase-session-facts',
    `UPDATE auth.sessions SET device_id = NULL, platform = NULL, app_version = NULL, user_agent = '', ip_address = '',
       spent_by = NULL
     WHERE sessions.account_id = $1`,
  ),
  statement(
    'auth.erase-account',
    `UPDATE auth.accounts SET phone_number = NULL, display_name = '', avatar_url = NULL, role = 'user',
       presence_visible_to = 'nobody', kyc_tier = 0, restorable_until = NULL, erased_at = now(), updated_at = now()
     WHERE accounts.id = $1 AND accounts.status = 'deleted' AND accounts.erased_at IS NULL`,
  ),
];

/** Leaves nothing of a deleted account but its id, its country, and when it was what. */
export async function eraseRows(tx: Tx, userId: UserId): Promise<void> {
  for (const erase of ERASE) await tx.rows(erase, [userId]);
}
