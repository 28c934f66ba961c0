import { actingAs } from '#shared/act-as.ts';
import type { UserId } from '#shared/ids.ts';
import type { ExportSection, PersonalRecords } from '#shared/privacy.ts';
import type { Country } from '#shared/regions.ts';
import { type Databases, statement } from '#shared/sql.ts';

const OF_SECTION: Readonly<Partial<Record<ExportSection, ReturnType<typeof statement>>>> = {
  account: statement(
    'auth.export-account',
    `SELECT accounts.id, accounts.phone_number, accounts.country_code, accounts.status, accounts.role,
       accounts.display_name, accounts.avatar_url, accounts.locale, accounts.timezone, accounts.presence_visible_to,
       accounts.created_at, accounts.updated_at,
       (SELECT last_seen.last_seen_at FROM auth.last_seen WHERE last_seen.account_id = accounts.id) AS last_seen_at,
       (SELECT pins.set_at FROM auth.pins WHERE pins.account_id = accounts.id) AS pin_set_at
     FROM auth.accounts WHERE accounts.id = $1`,
  ),
  sessions: statement(
    'auth.export-sessions',
    `SELECT sessions.id, sessions.device_id, sessions.platform, sessions.app_version, sessions.user_agent,
       sessions.ip_address, sessions.last_activity_at, sessions.created_at, sessions.expires_at, sessions.revoked_at,
       sessions.revoked_reason
     FROM auth.sessions WHERE sessions.account_id = $1 ORDER BY sessions.created_at, sessions.id`,
  ),
  devices: statement(
    'auth.export-devices',
    `SELECT devices.device_key, devices.first_seen_at FROM auth.devices
     WHERE devices.account_id = $1 ORDER BY devices.first_seen_at, devices.device_key`,
  ),
  phone_changes: statement(
    'auth.export-phone-changes',
    `SELECT phone_changes.old_number, phone_changes.changed_at FROM auth.phone_changes
     WHERE phone_changes.account_id = $1 ORDER BY phone_changes.changed_at, phone_changes.id`,
  ),
  blocks: statement(
    'auth.export-blocks',
    `SELECT blocks.blocked_id AS user_id, blocks.reason, blocks.created_at FROM auth.blocks
     WHERE blocks.blocker_id = $1 ORDER BY blocks.created_at, blocks.blocked_id`,
  ),
  account_changes: statement(
    'auth.export-account-changes',
    `SELECT account_changes.change, account_changes.by, account_changes.reason, account_changes.at
     FROM auth.account_changes WHERE account_changes.account_id = $1
     ORDER BY account_changes.at, account_changes.id`,
  ),
  appeals: statement(
    'auth.export-appeals',
    `SELECT appeals.id, appeals.words AS statement, appeals.status, appeals.created_at, appeals.decided_at
     FROM auth.appeals WHERE appeals.account_id = $1 ORDER BY appeals.created_at, appeals.id`,
  ),
  privacy_requests: statement(
    'auth.export-privacy-requests',
    `SELECT privacy_requests.id, privacy_requests.kind AS type, privacy_requests.status, privacy_requests.created_at,
       privacy_requests.completed_at
     FROM auth.privacy_requests WHERE privacy_requests.account_id = $1
     ORDER BY privacy_requests.created_at, privacy_requests.id`,
  ),
};

/** What someone said of others lies with those it was said of, in whichever region. */
const REPORTS = statement(
  'auth.export-reports',
  `SELECT reports.id, reports.reported_id AS user_id, reports.reason, reports.created_at FROM auth.reports
   WHERE reports.reporter_id = $1 ORDER BY reports.created_at, reports.id`,
);

/** What identity holds of a person, section by section. A session is one of at most a few hundred: all fit in memory. */
export function makeOwnData({ databases }: { readonly databases: Databases }) {
  return async function* ownData(userId: UserId, country: Country): AsyncGenerator<PersonalRecords> {
    const home = databases.of(country);
    for (const [section, query] of Object.entries(OF_SECTION)) {
      const records = await actingAs(home, 'worker', (tx) => tx.rows<object>(query, [userId]));
      yield { section: section as ExportSection, records };
    }
    const reports = await Promise.all(databases.all.map((database) => database.rows<object>(REPORTS, [userId])));
    yield { section: 'reports', records: reports.flat() };
  };
}
