import type { NotificationChannel, NotificationType } from '#shared/contracts/notifications/notification.ts';
import type { DigestChoice } from '#shared/contracts/notifications/preferences.ts';
import type { UserId } from '#shared/ids.ts';
import { firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';

/** What was switched; what is not named is as the rules begin. */
export type Choices = Readonly<
  Partial<Record<NotificationChannel, Readonly<Partial<Record<NotificationType, boolean>>>>>
>;

export type PreferencesRow = {
  readonly user_id: UserId;
  readonly choices: Choices;
  readonly quiet_from: string | null;
  readonly quiet_to: string | null;
  readonly digest: DigestChoice;
  readonly has_consent: boolean;
  readonly consent_said_at: Date | null;
  readonly updated_at: Date;
};

const COLUMNS = `preferences.user_id, preferences.choices, preferences.quiet_from, preferences.quiet_to,
  preferences.digest, preferences.has_consent, preferences.consent_said_at, preferences.updated_at`;

const FIND = statement(
  'notifications.find-preferences',
  `SELECT ${COLUMNS} FROM notifications.preferences WHERE preferences.user_id = $1`,
);
const OF_USERS = statement(
  'notifications.preferences-of-users',
  `SELECT ${COLUMNS} FROM notifications.preferences WHERE preferences.user_id = ANY ($1::uuid[])`,
);
const BEGIN = statement(
  'notifications.begin-preferences',
  `INSERT INTO notifications.preferences (user_id, choices, digest, has_consent, updated_at)
   VALUES ($1, '{}', 'bundled', false, now()) ON CONFLICT (user_id) DO NOTHING`,
);
const LOCK = statement(
  'notifications.lock-preferences',
  `SELECT ${COLUMNS} FROM notifications.preferences WHERE preferences.user_id = $1 FOR NO KEY UPDATE`,
);
const SAVE = statement(
  'notifications.save-preferences',
  `INSERT INTO notifications.preferences
     (user_id, choices, quiet_from, quiet_to, digest, has_consent, consent_said_at, updated_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
   ON CONFLICT (user_id) DO UPDATE SET choices = excluded.choices, quiet_from = excluded.quiet_from,
     quiet_to = excluded.quiet_to, digest = excluded.digest, has_consent = excluded.has_consent,
     consent_said_at = excluded.consent_said_at, updated_at = excluded.updated_at
   RETURNING ${COLUMNS}`,
);
const FORGET = statement(
  'notifications.forget-preferences',
  'DELETE FROM notifications.preferences WHERE preferences.user_id = $1',
);

export function findPreferences(sql: Sql, userId: UserId): Promise<PreferencesRow | undefined> {
  return firstRow<PreferencesRow>(sql, FIND, [userId]);
}

/** Of those who have said anything. */
export async function preferencesOf(
  sql: Sql,
  userIds: readonly UserId[],
): Promise<ReadonlyMap<UserId, PreferencesRow>> {
  const rows = await sql.rows<PreferencesRow>(OF_USERS, [userIds]);
  return new Map(rows.map((row) => [row.user_id, row]));
}

/** What someone wants, kept from other writers; of who has said nothing, what the rules begin with. */
export async function lockPreferences(tx: Tx, userId: UserId): Promise<PreferencesRow> {
  // A row that is not there cannot be locked: two first writers would both begin with nothing.
  await tx.rows(BEGIN, [userId]);
  return (await firstRow<PreferencesRow>(tx, LOCK, [userId]))!;
}

export async function savePreferences(tx: Tx, row: PreferencesRow): Promise<PreferencesRow> {
  const saved = await firstRow<PreferencesRow>(tx, SAVE, [
    row.user_id,
    JSON.stringify(row.choices),
    row.quiet_from,
    row.quiet_to,
    row.digest,
    row.has_consent,
    row.consent_said_at,
    row.updated_at,
  ]);
  return saved!;
}

export async function forgetPreferences(tx: Tx, userId: UserId): Promise<void> {
  await tx.rows(FORGET, [userId]);
}
