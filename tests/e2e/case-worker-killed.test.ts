import { afterAll, beforeAll, expect, test } from 'vitest';
import { statement } from '#shared/sql.ts';
import { until } from '#tests/chaos/patience.ts';
import { seed, type SeededUser } from '#tests/harness/seed.ts';
import { type Answer, callAt } from '#tests/integration/gateway/call-at.ts';
import { lockRows, type LockedRows } from './locked-rows.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
let reviewers: readonly SeededUser[];
let applicants: SeededUser[];
beforeAll(async () => {
  // So short that a review is overdue while it is looked at here.
  stage = await openStage({ roles: ['sandbox', 'gateway', 'worker'], settings: { KYC_REVIEW_SLA: 'PT2S' } });
  reviewers = await seed(stage.cluster.env, { users: 2, role: 'ops' });
  applicants = await seed(stage.cluster.env, { users: 20, balance: '100.00:THB' });
});
afterAll(() => stage[Symbol.asyncDispose]());

const FOUND = '3100600445635';
const UNCLEAR = '1100400000013';

/** Writers of the case wait for it; who only names it does not. */
const CASE = 'SELECT FROM verification.cases WHERE id = $1 FOR NO KEY UPDATE';
/** Whoever names the case waits for it, too. */
const CASE_AND_CHECKS = 'SELECT FROM verification.cases WHERE id = $1 FOR UPDATE';
const ACCOUNT = 'SELECT FROM auth.accounts WHERE id = $1 FOR UPDATE';
const SHOP = 'SELECT FROM commerce.shops WHERE id = $1 FOR UPDATE';
const LATEST = statement('', 'SELECT id FROM verification.cases WHERE owner_id = $1 ORDER BY id DESC LIMIT 1');
const STATE = statement('', 'SELECT state FROM verification.cases WHERE id = $1');
const AUDITED = statement(
  '',
  `SELECT data ->> 'action' AS action, count(*)::int AS times FROM events.log
   WHERE type = 'audit.recorded' AND data ->> 'subject' = $1 GROUP BY 1`,
);

async function ask(method: string, path: string, { access_token: token }: SeededUser, body?: object): Promise<Answer> {
  const answer = await callAt(stage.cluster.gatewayUrl)(method, `/api/v1${path}`, {
    token,
    ...(body === undefined ? {} : { body }),
  });
  expect([path, answer.status], answer.text).toEqual([path, expect.toSatisfy((status: number) => status < 300)]);
  return answer;
}

const documents = (number: string) => [{ type: 'national_id', number, country: 'TH' }];
const submission = (number: string) => ({
  tier: 1,
  full_name: 'Somchai Jaidee',
  date_of_birth: '1990-05-17',
  documents: documents(number),
});

async function apply(person: SeededUser, number = FOUND): Promise<string> {
  const { body } = await ask('POST', '/kyc/submissions', person, submission(number));
  return (body as { case_id: string }).case_id;
}

async function openShop(owner: SeededUser): Promise<string> {
  const { body } = await ask('POST', '/commerce/shops', owner, { name: 'Lamps' });
  return (body as { id: string }).id;
}

async function statusIs(person: SeededUser, status: string): Promise<void> {
  await until(`the case is ${status}`, async () => {
    const { body } = await ask('GET', '/kyc/status', person);
    return (body as { status: string }).status === status;
  });
}

const decide = (id: string, body: object, reviewer = 0) =>
  ask('POST', `/ops/reviews/${id}/decision`, reviewers[reviewer]!, { round: 1, ...body });

type AtMoment = {
  readonly id: string;
  readonly locks?: readonly LockedRows[];
  /** What people do while there is no worker. */
  readonly meanwhile?: () => Promise<unknown>;
  /** Where the case rests in the end; `verified` when not said. */
  readonly ends?: 'verified' | 'withdrawn';
};

/** A source of the sandbox is silent for one question. */
async function silent(target: 'registry' | 'screening'): Promise<void> {
  const response = await fetch(`${stage.cluster.sandboxUrl}/sandbox/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ target, kind: 'timeout', count: 1 }),
  });
  expect(response.ok).toBe(true);
}

/** A lock on what a case will want comes before the case, or it would be too late. */
async function locked(person: SeededUser, select: string): Promise<AtMoment> {
  const lock = await lockRows(stage.db.ownerUrl, select, [person.user_id]);
  const id = await apply(person);
  await lock.wanted();
  return { id, locks: [lock] };
}

async function inReview(person: SeededUser): Promise<string> {
  const id = await apply(person, UNCLEAR);
  await statusIs(person, 'in_review');
  return id;
}

/** The moments at which the worker dies, each with a case brought to it. */
const MOMENTS: Readonly<Record<string, (person: SeededUser) => Promise<AtMoment>>> = {
  'while the registry has not answered': async (person) => {
    await silent('registry');
    return { id: await apply(person) };
  },

  'while the lists have not answered': async (person) => {
    await silent('screening');
    return { id: await apply(person) };
  },

  'while the tier is being copied to the account': (person) => locked(person, ACCOUNT),

  'while the case is asked again, and answered without a worker': async (person) => {
    const id = await inReview(person);
    await decide(id, { decision: 'ask_again', wanted: ['national_id'] });
    return { id, meanwhile: () => apply(person) };
  },

  'while it waits for a reviewer, who decides without a worker': async (person) => {
    const id = await inReview(person);
    return { id, meanwhile: () => decide(id, { decision: 'approve' }) };
  },

  'after the decision, while the case is being closed': async (person) => {
    const id = await inReview(person);
    await decide(id, { decision: 'approve' });
    const lock = await lockRows(stage.db.ownerUrl, CASE, [id]);
    return { id, locks: [lock] };
  },

  'while what the registry said is being written': async (person) => {
    const id = await apply(person);
    return { id, locks: [await lockRows(stage.db.ownerUrl, CASE_AND_CHECKS, [id])] };
  },

  'while the shop is being let sell': async (person) => {
    const shop = await openShop(person);
    const lock = await lockRows(stage.db.ownerUrl, SHOP, [shop]);
    const { body } = await ask('POST', `/commerce/shops/${shop}/verification`, person, {
      registration_number: '0994000617721',
      legal_name: 'Lamps Company Limited',
      documents: [{ type: 'business_registration', number: '0994000617721', country: 'TH' }],
    });
    await lock.wanted();
    return { id: (body as { case_id: string }).case_id, locks: [lock] };
  },

  'while a review that is overdue is being escalated': async (person) => {
    const id = await inReview(person);
    const lock = await lockRows(stage.db.ownerUrl, CASE, [id]);
    await lock.wanted();
    return { id, locks: [lock], meanwhile: () => decide(id, { decision: 'approve' }) };
  },

  'while its applicant takes it back': async (person) => {
    const { body } = await ask('POST', '/kyc/submissions', person, { ...submission(FOUND), documents: [] });
    const id = (body as { case_id: string }).case_id;
    await statusIs(person, 'action_required');
    const lock = await lockRows(stage.db.ownerUrl, CASE, [id]);
    const takeBack = () => ask('DELETE', `/kyc/submissions/${id}`, person);
    // The story is asked, and dies with its worker; whoever has not heard asks again.
    const first = takeBack().catch(() => undefined);
    await lock.wanted();
    return { id, locks: [lock], ends: 'withdrawn', meanwhile: async () => [await first, await takeBack()] };
  },

  'right after the submission': async (person) => ({ id: await apply(person) }),
};

test('cases that stood at every step when the worker was killed are each decided once', async () => {
  const brought: [SeededUser, AtMoment][] = [];
  for (const bring of Object.values(MOMENTS)) {
    const person = applicants.pop()!;
    brought.push([person, await bring(person)]);
  }
  await stage.cluster.kill('worker');
  for (const [, { locks = [], meanwhile }] of brought) {
    await Promise.all(locks.map((lock) => lock.release()));
    await meanwhile?.();
  }
  await stage.cluster.start('worker');

  for (const [person, { id, ends = 'verified' }] of brought) {
    const [latest] = await stage.db.database.rows<{ id: string }>(LATEST, [person.user_id]);
    expect(latest?.id).toBe(id);
    await until(`the case is ${ends}`, async () => {
      const [row] = await stage.db.database.rows<{ state: string }>(STATE, [id]);
      return row?.state === ends;
    });
  }
  expect(await stage.bookFaults()).toEqual([]);
  for (const [, { id, ends }] of brought) {
    const told = await stage.db.database.rows<{ action: string; times: number }>(AUDITED, [id]);
    const times = new Map(told.map(({ action, times }) => [action, times]));
    const once = ends === 'withdrawn' ? [undefined, undefined, 1] : [1, 1, undefined];
    const found = ['verified', 'standing_changed', 'withdrawn'].map((action) => times.get(`verification.${action}`));
    expect([id, ...found]).toEqual([id, ...once]);
  }
});
