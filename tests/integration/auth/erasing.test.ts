import { expect, test } from 'vitest';
import { eraseRows } from '#services/auth/privacy/erase-store.ts';
import { statement } from '#shared/sql.ts';
import { openAuth, PHONE } from './open-auth.ts';

/** Tables of identity with something of a person, and what an erasure leaves in them. */
const LEFT: Readonly<Record<string, 'nothing' | 'an id and when'>> = {
  account_changes: 'an id and when',
  appeals: 'nothing',
  blocks: 'nothing',
  devices: 'nothing',
  last_seen: 'nothing',
  parked_accounts: 'nothing',
  phone_changes: 'nothing',
  pins: 'nothing',
  privacy_requests: 'an id and when',
  recovery_codes: 'nothing',
  reports: 'an id and when',
  second_factors: 'nothing',
  sessions: 'an id and when',
};

const OWNED = statement(
  'test.owned-tables',
  `SELECT DISTINCT columns.table_name AS name FROM information_schema.columns
   WHERE columns.table_schema = 'auth' AND columns.column_name IN ('account_id', 'user_id', 'blocker_id', 'reporter_id')
   ORDER BY 1`,
);

test('what becomes of every table of identity that knows a person is decided', async () => {
  await using at = await openAuth();
  const tables = await at.db.database.rows<{ name: string }>(OWNED);
  expect(tables.map(({ name }) => name)).toEqual(Object.keys(LEFT));
});

test('of an erased account nothing is left that tells who it was, and its number is free at once', async () => {
  await using at = await openAuth();
  const { user, caller } = await at.logIn();
  await at.auth.setPin(caller, { pin: '246810', stepUpToken: undefined });
  await at.auth.updateProfile(caller, { displayName: 'Somchai' });
  const { database } = at.db;
  await at.run("UPDATE auth.accounts SET status = 'deleted', deleted_at = now() WHERE id = $1", [user.id]);
  for (let round = 0; round < 2; round += 1) await database.transaction((tx) => eraseRows(tx, caller.userId));

  const left = await database.rows<Record<string, unknown>>(
    statement(
      'test.left',
      `SELECT accounts.id, accounts.phone_number, accounts.display_name, accounts.avatar_url,
         accounts.erased_at IS NOT NULL AS is_erased, sessions.device_id, sessions.user_agent, sessions.ip_address,
         (SELECT count(*)::int FROM auth.pins) AS pins, (SELECT count(*)::int FROM auth.devices) AS devices,
         (SELECT count(*)::int FROM auth.otp_numbers WHERE phone_number = $1) AS numbers
       FROM auth.accounts JOIN auth.sessions ON sessions.account_id = accounts.id`,
    ),
    [PHONE],
  );
  expect(left).toEqual([
    {
      id: user.id,
      phone_number: null,
      display_name: '',
      avatar_url: null,
      is_erased: true,
      device_id: null,
      user_agent: '',
      ip_address: '',
      pins: 0,
      devices: 0,
      numbers: 0,
    },
  ]);
  const again = await at.logIn();
  expect(again.user.id).not.toBe(user.id);
  expect(again.user.profile.display_name).toBe('');
});
