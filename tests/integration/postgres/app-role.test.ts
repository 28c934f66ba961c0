import { afterAll, beforeAll, expect, test } from 'vitest';
import { statement } from '#shared/sql.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';

let db: FreshDatabase;
beforeAll(async () => {
  db = await freshDatabase();
});
afterAll(() => db[Symbol.asyncDispose]());

const rows = <Row extends object>(text: string) => db.database.rows<Row>(statement('', text));

test('the role of the application owns nothing, is no superuser, and passes by no policy', async () => {
  const [role] = await rows<object>(
    `SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication
     FROM pg_roles WHERE rolname = current_user`,
  );
  expect(role).toEqual({
    rolname: 'tchat_app',
    rolsuper: false,
    rolbypassrls: false,
    rolcreaterole: false,
    rolcreatedb: false,
    rolreplication: false,
  });
  const owned = await rows(
    `SELECT relname AS name FROM pg_class WHERE relowner = current_user::regrole
     UNION ALL SELECT nspname FROM pg_namespace WHERE nspowner = current_user::regrole
     UNION ALL SELECT proname FROM pg_proc WHERE proowner = current_user::regrole`,
  );
  expect(owned).toEqual([]);
  const memberships = await rows(`SELECT roleid::regrole FROM pg_auth_members WHERE member = current_user::regrole`);
  expect(memberships).toEqual([]);
});

test('it makes no tables, drops none and empties none', async () => {
  const refused = 'permission denied|must be owner';
  for (const text of [
    'CREATE TABLE auth.forged (id int)',
    'CREATE TABLE public.forged (id int)',
    'DROP TABLE events.audit',
    'TRUNCATE events.audit',
    'ALTER TABLE events.audit DISABLE TRIGGER ALL',
  ]) {
    await expect(rows(text), text).rejects.toThrow(new RegExp(refused));
  }
});

/** What is written once and for all. */
const APPEND_ONLY = [
  'events.audit',
  'payments.entries',
  'payments.transfers',
  'payments.transaction_changes',
  'commerce.order_story',
  'auth.reports',
] as const;

test.each(APPEND_ONLY)('%s is added to, and nothing in it is removed or moved', async (table) => {
  const [may] = await rows<Record<string, boolean>>(
    `SELECT has_table_privilege('${table}', 'DELETE') AS removes, has_table_privilege('${table}', 'TRUNCATE') AS empties,
       has_table_privilege('${table}', 'UPDATE') AS changes`,
  );
  expect(may).toEqual({ removes: false, empties: false, changes: false });
});

test('nobody but the application may call its functions', async () => {
  const open = await rows(
    `SELECT proc.oid::regprocedure::text AS function
     FROM pg_proc AS proc JOIN pg_namespace AS space ON space.oid = proc.pronamespace
     WHERE space.nspname IN ('auth', 'events', 'http', 'messaging', 'payments', 'commerce', 'media', 'verification')
       AND proc.prosecdef AND has_function_privilege('public', proc.oid, 'EXECUTE')
       AND proc.prorettype <> 'trigger'::regtype`,
  );
  expect(open).toEqual([]);
});
