import { afterAll, beforeAll, expect, test } from 'vitest';
import { actAs, type Identity } from '#shared/act-as.ts';
import type { CaseId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { statement, type Tx } from '#shared/sql.ts';
import { type Desk, openDesk, someone, submission } from './open-verification.ts';

let desk: Desk;
const [nok, chai] = [someone(), someone()];
let cases: readonly CaseId[];
beforeAll(async () => {
  desk = await openDesk();
  const made = await Promise.all(
    [nok, chai].map((owner) => desk.verification.applyForTier(owner, submission(), undefined)),
  );
  cases = made.map(({ case_id: id }) => id as CaseId);
});
afterAll(() => desk[Symbol.asyncDispose]());

const ALL = statement('', 'SELECT case_id FROM verification.submissions');

function as<T>(who: Identity | undefined, work: (tx: Tx) => Promise<T>): Promise<T> {
  return desk.db.database.transaction(async (tx) => {
    if (who !== undefined) await actAs(tx, who);
    return await work(tx);
  });
}

test('what was submitted shows itself to no statement that does not say for whom it works', async () => {
  expect(await desk.db.database.rows(ALL)).toEqual([]);
  expect(await as(undefined, (tx) => tx.rows(ALL))).toEqual([]);
  expect(await as('' as Identity, (tx) => tx.rows(ALL))).toEqual([]);
  expect(await as(newId<UserId>('TH'), (tx) => tx.rows(ALL))).toEqual([]);
});

test('it shows each applicant their own, and workers and staff all', async () => {
  for (const [at, { userId }] of [nok, chai].entries()) {
    expect(await as(userId, (tx) => tx.rows(ALL))).toEqual([{ case_id: cases[at] }]);
  }
  for (const who of ['staff', 'worker'] as const) expect(await as(who, (tx) => tx.rows(ALL))).toHaveLength(2);
});

test('nobody writes or removes what is another’s', async () => {
  const forged = statement(
    '',
    `INSERT INTO verification.submissions (case_id, round, sealed, media_ids, submitted_at)
     VALUES ($1, 2, '\\x00', '{}', now())`,
  );
  await expect(as(nok.userId, (tx) => tx.rows(forged, [cases[1]]))).rejects.toThrow('row-level security');
  const removed = statement('', 'DELETE FROM verification.submissions WHERE case_id = $1 RETURNING case_id');
  expect(await as(nok.userId, (tx) => tx.rows(removed, [cases[1]]))).toEqual([]);
});

test('an identity ends with its transaction, whichever connection comes next', async () => {
  for (let round = 0; round < 30; round += 1) {
    expect(await as('worker', (tx) => tx.rows(ALL))).toHaveLength(2);
    expect(await desk.db.database.rows(ALL)).toEqual([]);
  }
});

test('the owner of the table is held to it as well, and the app role neither owns it nor goes round it', async () => {
  const held = statement(
    '',
    `SELECT relation.relrowsecurity AND relation.relforcerowsecurity AS forced, owner.rolname AS owner,
       me.rolsuper OR me.rolbypassrls AS goes_round, me.rolname = owner.rolname AS owns
     FROM pg_class AS relation JOIN pg_roles AS owner ON owner.oid = relation.relowner
     JOIN pg_roles AS me ON me.rolname = current_user
     WHERE relation.oid = 'verification.submissions'::regclass`,
  );
  expect(await desk.db.database.rows(held)).toEqual([
    { forced: true, owner: 'tchat_owner', goes_round: false, owns: false },
  ]);
});
