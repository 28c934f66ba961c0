import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from '#tests/integration/gateway/call-at.ts';
import type { Call } from '#shared/http/call.ts';
import type {
  AppealId,
  CaseId,
  DisputeId,
  FindingId,
  ListHitId,
  MoneyAlertId,
  PrivacyRequestId,
  OrderId,
  ReconciliationRunId,
  SettlementId,
  SuppressionId,
  UserId,
} from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { statement } from '#shared/sql.ts';
import { callNamed, contractCalls, listCalls, roleFor } from './calls.ts';
import type { Ask } from './ask.ts';
import { EXAMPLES } from './examples.ts';
import { openContract, type Contract, type Person } from './open-contract.ts';
import { expectFault, expectRefused } from './refused.ts';
import { branchesOf, fieldsOf, type JsonSchema } from './schema-fields.ts';
import { makeThings, type Things } from './things.ts';

/** What nobody may write for a value of a type. */
const NONSENSE: readonly [string, (schema: JsonSchema) => boolean][] = [
  ['ten', ({ type }) => type === 'integer' || type === 'number'],
  ['1.5', ({ type }) => type === 'integer'],
  ['nonsense', (schema) => 'enum' in schema || schema['format'] === 'uuid'],
  ['one baht', ({ pattern }) => typeof pattern === 'string' && pattern.includes(String.raw`\d`)],
];

const withQuery = contractCalls.filter(({ query }) => query !== undefined);
const limited = withQuery.filter(({ query }) => fieldsOf(query!).has('limit'));

let contract: Contract;
let things: Things;
let staff: Person;
beforeAll(async () => {
  contract = await openContract();
  things = await makeThings(contract);
  [staff] = (await contract.people(1, { role: 'ops' })) as [Person];
});

/** Mine, or of someone who may make the call. */
function tokenFor(call: Call): string {
  return roleFor(call) === 'user' ? things.me.token : staff.token;
}

afterAll(() => contract[Symbol.asyncDispose]());

function ask(call: Call, query: Readonly<Record<string, string>>, sent: Ask = {}): Promise<Answer> {
  const { mine } = things;
  const ids = { id: call.path.startsWith('/messages') ? mine.message : (inPlace.get(call.name) ?? mine.dialog) };
  const ofWallet = call.path.startsWith('/payments/wallets/') ? { id: mine.wallet } : {};
  const params = call.tag === 'messaging' ? ids : ofWallet;
  return contract.ask(call, { token: tokenFor(call), params, query: { ...NEEDED[call.name], ...query }, ...sent });
}

/** Dialogs that hold the list of a call, where mine of two does not. */
const inPlace = new Map<string, string>();

/** What a query must hold; by the name of the call. */
const NEEDED: Readonly<Record<string, Readonly<Record<string, string>>>> = { searchMessages: { q: 'word' } };
/** What the entries are called where the address does not say. */
const NOUNS: Readonly<Record<string, string>> = {
  listAudit: 'records',
  listReconciliations: 'runs',
  searchMessages: 'messages',
  getStatement: 'entries',
  listHits: 'hits',
};

describe('a query', () => {
  test.each(withQuery)('of $name with an unknown word is refused', async (call) => {
    expectFault(await ask(call, { surprising: '1' }), 'surprising', 'a word');
  });

  test.each(withQuery)('of $name that says a thing twice, or something of another type, is refused', async (call) => {
    const fields = [...fieldsOf(call.query!)].filter(([path]) => !path.includes('.'));
    expect(fields).not.toEqual([]);
    for (const [name, schemas] of fields) {
      const branches = schemas.flatMap(branchesOf);
      const twice = await contract.call(call.method, `${place(call)}?${name}=1&${name}=1`, { token: tokenFor(call) });
      expectFault(twice, name, `${name} twice`);
      const nonsense = NONSENSE.filter(([, isOf]) => branches.some(isOf) && !branches.some(isFreeText));
      for (const [value] of nonsense) expectFault(await ask(call, { [name]: value }), name, `${name}=${value}`);
    }
  });

  test.each(limited)('of $name takes a limit of 1 to 100', async (call) => {
    for (const limit of ['0', '-1', '101', '1e9', 'Infinity', '']) {
      expectFault(await ask(call, { limit }), 'limit', `limit=${limit}`);
    }
    for (const limit of ['1', '100']) expect((await ask(call, { limit })).status).toBe(200);
  });
});

function isFreeText(schema: JsonSchema): boolean {
  return schema['type'] === 'string' && !('pattern' in schema) && !('format' in schema) && !('enum' in schema);
}

function place({ path, tag }: Call): string {
  const id = tag === 'messaging' ? things.mine.dialog : 'twilio';
  return `/api/v1${path.replaceAll(/\{\w+\}/g, id)}`;
}

/** Makes a few entries of a list for someone, so that it has pages; by the name of the call. */
/** Disputes of mine that were taken back, as a payment may have any number of them. */
async function disputes({ me, mine }: Things): Promise<void> {
  const core = contract.databases.of('core');
  const order = newId<OrderId>('core');
  await core.rows(
    statement('test.untaken', `INSERT INTO payments.order_payments (order_id, status) VALUES ($1, 'released')`),
    [order],
  );
  const taken = statement(
    'test.withdrawn-dispute',
    `INSERT INTO payments.disputes (id, transaction_id, order_id, customer_id, merchant_id, currency, amount, reason, status,
       answer_due_at, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, 'THB', 100, 'other', 'withdrawn', now(), now(), now())`,
  );
  for (let made = 0; made < 3; made++) {
    await core.rows(taken, [newId<DisputeId>('core'), mine.transaction, order, me.id, newId<UserId>('TH')]);
  }
}

const FILL: Readonly<Record<string, (things: Things) => Promise<unknown>>> = {
  listSessions: () => Promise.resolve(),
  listWallets: () => create('createWallet', [{ currency: 'SGD' }, { currency: 'USD' }]),
  listPaymentMethods: () => Promise.resolve(),
  listPayoutMethods: () => Promise.resolve(),
  listTransactions: (things) => {
    const deposits = [100, 101, 102].map((baht) => ({ amount: `${baht}.00`, payment_method: 'promptpay' }));
    return create('createDeposit', deposits, { id: things.mine.wallet });
  },
  listMoneyRequests: ({ me, them }) => {
    const wish = { payer_id: me.id, amount: '10.00', currency: 'THB' };
    return create('createMoneyRequest', [wish, wish], {}, them);
  },
  getStatement: (things) =>
    create('createDeposit', [{ amount: '100.00', payment_method: 'promptpay' }], { id: things.mine.wallet }),
  listMessageReceipts: async ({ mine, sellers }) => {
    const reading = { token: sellers.person.token, params: { id: mine.dialog }, body: { read_seq: 1 } };
    expect(await contract.ask(callNamed('advanceReceipt'), reading)).toMatchObject({ status: 200 });
  },
  listDialogReports: async ({ me, sellers: { person: seller } }) => {
    const [third] = (await contract.people(1)) as [Person];
    const opened = await contract.ask(callNamed('openDialog'), {
      token: me.token,
      body: { type: 'group', name: 'Lunch', participant_ids: [seller.id, third.id] },
    });
    const params = { id: (opened.body as { id: string }).id };
    inPlace.set('listDialogReports', params.id);
    const settings = { moderation_enabled: true };
    await contract.ask(callNamed('editDialog'), { token: me.token, params, body: { settings } });
    for (const content of ['one', 'two', 'three']) {
      const text = { message_type: 'text', content };
      const { body } = await contract.ask(callNamed('sendMessage'), { token: seller.token, params, body: text });
      const report = { token: third.token, params: { id: (body as { id: string }).id } };
      expect(await contract.ask(callNamed('reportMessage'), report)).toMatchObject({ status: 204 });
    }
  },
  listOpsReports: async ({ me, sellers: { person: seller } }) => {
    const body = { type: 'direct', participant_ids: [seller.id] };
    const { body: dialog } = await contract.ask(callNamed('openDialog'), { token: me.token, body });
    for (const content of ['one', 'two', 'three']) {
      const said = { token: seller.token, params: { id: (dialog as { id: string }).id } };
      const text = { message_type: 'text', content };
      const { body: message } = await contract.ask(callNamed('sendMessage'), { ...said, body: text });
      const report = { token: me.token, params: { id: (message as { id: string }).id } };
      expect(await contract.ask(callNamed('reportMessage'), report)).toMatchObject({ status: 204 });
    }
  },
  searchMessages: async ({ mine }) => {
    const messages = ['One word', 'Two words', 'Words'].map((content) => ({ message_type: 'text', content }));
    await create('sendMessage', messages, { id: mine.dialog });
    await contract.indexMessages();
  },
  listAppeals: async () => {
    const appeal = statement('test.appeal', 'INSERT INTO auth.appeals (id, account_id, words) VALUES ($1, $2, $3)');
    for (const { id } of await contract.people(3)) {
      await contract.databases.of('TH').rows(appeal, [newId<AppealId>('TH'), id, 'They were real']);
    }
  },
  listHeldErasures: async () => {
    const hold = statement('test.hold-erasure', `UPDATE auth.accounts SET status = 'suspended' WHERE id = $1`);
    const ask = statement(
      'test.ask-for-erasure',
      `WITH staff AS MATERIALIZED (SELECT set_config('tchat.identity', 'staff', true))
       INSERT INTO auth.privacy_requests (id, account_id, kind, origin, created_at, starts_at, held)
       SELECT $1, $2, 'erasure', 'request', now(), now(), '[]' FROM staff`,
    );
    for (const { id } of await contract.people(3)) {
      const home = contract.databases.of('TH');
      await home.transaction((tx) => tx.rows(ask, [newId<PrivacyRequestId>('TH'), id]));
      await home.rows(hold, [id]);
    }
  },
  listUserReports: async ({ me }) => {
    for (const { token } of await contract.people(3)) {
      const report = { token, params: { id: me.id }, body: { reason: 'rude' } };
      expect(await contract.ask(callNamed('reportUser'), report)).toMatchObject({ status: 204 });
    }
  },
  listHits: async () => {
    for (const { token } of await contract.people(3)) {
      const body = EXAMPLES['submitKyc']![0]!.body;
      const { address: _, ...own } = body;
      const documents = [{ type: 'national_id', number: '3100600445635', country: 'TH' }];
      const answer = await contract.ask(callNamed('submitKyc'), { token, body: { ...own, documents } });
      const caseId = (answer.body as { case_id: CaseId }).case_id;
      await contract.databases
        .of('TH')
        .rows(
          statement(
            'test.list-hit',
            'INSERT INTO verification.list_hits (id, case_id, found_at) VALUES ($1, $2, now())',
          ),
          [newId<ListHitId>('TH'), caseId],
        );
    }
  },
  listMoneyAlerts: async ({ me }) => {
    const raise = statement(
      'test.raise-alert',
      `INSERT INTO payments.velocity_alerts (id, user_id, rule, outcome, first_at, last_at)
       VALUES ($1, $2, $3, 'refused', date_trunc('milliseconds', now()), now())`,
    );
    for (const rule of ['movements_10m', 'movements_hour', 'sum_day']) {
      await contract.databases.of('core').rows(raise, [newId<MoneyAlertId>('core'), me.id, rule]);
    }
  },
  listDisputes: disputes,
  listOpsDisputes: disputes,
  listSettlements: async ({ me }) => {
    const paid = statement(
      'test.pay-out',
      `INSERT INTO payments.settlements (id, merchant_id, currency, day, created_at) VALUES ($1, $2, 'THB', $3, now())`,
    );
    for (const day of ['2026-11-22', '2026-11-23', '2026-11-24']) {
      await contract.databases.of('core').rows(paid, [newId<SettlementId>('core'), me.id, day]);
    }
  },
  listReconciliations: async () => {
    const begun = statement(
      'test.begin-run',
      `INSERT INTO payments.reconciliation_runs (id, gateway, day, started_at) VALUES ($1, 'omise', $2, now())`,
    );
    for (const day of ['2026-11-22', '2026-11-23', '2026-11-24']) {
      await contract.databases.of('core').rows(begun, [newId<ReconciliationRunId>('core'), day]);
    }
  },
  listFindings: async () => {
    const found = statement(
      'test.open-finding',
      `INSERT INTO payments.reconciliation_findings (id, gateway, day, kind, subject, detail, opened_at)
       VALUES ($1::uuid, 'omise', '2026-11-24', 'workflow_lost', $1::uuid::text, 'its workflow is absent', now())`,
    );
    for (const id of [1, 2, 3].map(() => newId<FindingId>('core')))
      await contract.databases.of('core').rows(found, [id]);
  },
  listAudit: () => contract.chainAudit(),
  listShops: () => create('openShop', [{ name: 'One' }, { name: 'Two' }, { name: 'Three' }]),
  listProducts: (things) => {
    const facts = { shop_id: things.sellers.shop, currency: 'THB', stock_quantity: 1, images: [PICTURE] };
    const products = ['One', 'Two', 'Three'].map((name) => ({ ...facts, name, price: '80.00' }));
    return create('addProduct', products, {}, things.sellers.person);
  },
  listReviews: async () => {
    const documents = [{ type: 'national_id', number: '1100400000013', country: 'TH' }];
    const body = { tier: 1, full_name: 'Nok Jaidee', date_of_birth: '1990-05-17', documents };
    for (const { token } of await contract.people(3)) {
      const { body: answer } = await contract.ask(callNamed('submitKyc'), { token, body });
      await contract.sendToReview((answer as { case_id: CaseId }).case_id);
    }
  },
  listNotifications: ({ me }) => {
    const reminder = { recipient_id: me.id, template: 'account.restored', type: 'in_app' };
    return create('createNotification', [reminder, reminder, reminder]);
  },
  listPushDevices: () =>
    create(
      'registerPushDevice',
      ['one', 'two', 'three'].map((name) => ({ platform: 'fcm', token: `a-token-named-${name}` })),
    ),
  listSuppressions: async () => {
    const bounce = statement(
      'test.suppress',
      `INSERT INTO notifications.suppressions (id, way, digest, reason, provider)
       VALUES ($1, 'email', uuid_send($1::uuid), 'hard_bounce', 'ses')`,
    );
    for (const _ of ['one', 'two', 'three']) {
      await contract.databases.of('TH').rows(bounce, [newId<SuppressionId>('TH')]);
    }
  },
  listNotificationTemplates: () => Promise.resolve(),
  listOrders: (things) => {
    const { checkout, mine } = things;
    return create('placeOrder', [checkout(mine.wallet), checkout(mine.wallet)]);
  },
};

const PICTURE = 'https://images.example.com/one.png';

async function create(name: string, bodies: readonly object[], params = {}, as = things.me): Promise<void> {
  for (const body of bodies) {
    const answer = await contract.ask(callNamed(name), { token: as.token, params, body });
    expect([name, answer.status], answer.text).toEqual([name, 201]);
  }
}

/** The entries of a list, and where it goes on. */
function pageIn({ status, body, text }: Answer): { entries: unknown[]; next: string | null; name: string } {
  expect(status, text).toBe(200);
  const { next_cursor: next, unread_count: _, ...rest } = body as { next_cursor: string | null; unread_count?: number };
  const lists = Object.entries(rest).filter(([, value]) => Array.isArray(value));
  const [[name, entries], ...more] = lists as [[string, unknown[]]];
  expect(more).toEqual([]);
  return { entries, next, name };
}

test('there are entries to make for every list', () => {
  expect(Object.keys(FILL).toSorted()).toEqual(
    listCalls()
      .map(({ name }) => name)
      .toSorted(),
  );
});

describe.each(listCalls())('$name', (call) => {
  const noun = NOUNS[call.name] ?? call.path.split('/').at(-1)!;

  test(`answers its ${noun} and a next_cursor, and page by page each of them once, in one order`, async () => {
    await FILL[call.name]!(things);
    const whole = pageIn(await ask(call, { limit: '100' }));
    expect([whole.name, whole.next]).toEqual([noun, null]);
    expect(whole.entries.length).toBeGreaterThan(0);
    for (const limit of [1, 2, whole.entries.length]) {
      const seen: unknown[] = [];
      let cursor: string | null = null;
      do {
        const page = pageIn(await ask(call, { limit: String(limit), ...(cursor === null ? {} : { cursor }) }));
        expect(page.entries.length).toBeLessThanOrEqual(limit);
        seen.push(...page.entries);
        cursor = page.next;
      } while (cursor !== null);
      expect(seen).toEqual(whole.entries);
    }
  });

  test('refuses a cursor that is not one of ours', async () => {
    for (const cursor of ['', 'x', '0', btoa('["x"]'), btoa('[null]'), btoa('{}'), 'x'.repeat(201)]) {
      expectFault(await ask(call, { cursor }), 'cursor', cursor);
    }
  });
});

describe('GET /dialogs', () => {
  const call = callNamed('listDialogs');
  const dialogsIn = ({ body }: Answer) => body as { dialogs: { id: string; type: string }[]; pagination: object };

  test('takes pages from 1 on', async () => {
    for (const page of ['0', '-1', '1.5', 'x', '']) expectFault(await ask(call, { page }), 'page', `page=${page}`);
    expectFault(await ask(call, { cursor: 'x' }), 'cursor', 'a cursor');
  });

  test('answers 20 dialogs at a time, last activity first, and how many there are', async () => {
    const [person, other] = (await contract.people(2)) as [Person, Person];
    const token = person.token;
    const channels = Array.from({ length: 21 }, (_, at) => ({ type: 'channel', name: `Channel ${at}` }));
    await create('openDialog', channels, {}, person);
    await create('openDialog', [{ type: 'direct', participant_ids: [other.id] }], {}, person);

    const first = dialogsIn(await ask(call, {}, { token }));
    expect(first.pagination).toEqual({ page: 1, limit: 20, total: 22, has_next: true });
    const second = dialogsIn(await ask(call, { page: '2' }, { token }));
    expect(second.pagination).toEqual({ page: 2, limit: 20, total: 22, has_next: false });
    const third = dialogsIn(await ask(call, { page: '3' }, { token }));
    expect(third).toEqual({ dialogs: [], pagination: { page: 3, limit: 20, total: 22, has_next: false } });
    expect([first, second].map(({ dialogs }) => dialogs.length)).toEqual([20, 2]);
    expect(new Set([first, second].flatMap(({ dialogs }) => dialogs.map(({ id }) => id))).size).toBe(22);
    expect(first.dialogs[0]).toMatchObject({ type: 'direct' });

    const direct = dialogsIn(await ask(call, { type: 'direct', limit: '1' }, { token }));
    expect(direct.pagination).toEqual({ page: 1, limit: 1, total: 1, has_next: false });
    expect(direct.dialogs.map(({ type }) => type)).toEqual(['direct']);
  });
});

describe('GET /dialogs/{id}/messages', () => {
  const call = callNamed('listMessages');
  const seqsIn = ({ body }: Answer) => {
    const { messages, has_more } = body as { messages: { id: string; seq: number }[]; has_more: boolean };
    return { seqs: messages.map(({ seq }) => seq), has_more };
  };

  test('answers 50 messages ascending, the newest, or those before or after a message or seq', async () => {
    const [person] = (await contract.people(1)) as [Person];
    const { body } = await contract.ask(callNamed('openDialog'), {
      token: person.token,
      body: { type: 'channel', name: 'News' },
    });
    const params = { id: (body as { id: string }).id };
    const texts = Array.from({ length: 53 }, (_, at) => ({ message_type: 'text', content: `${at + 1}` }));
    await create('sendMessage', texts, params, person);
    const read = async (query: Record<string, string>) => await ask(call, query, { token: person.token, params });
    const span = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);

    const newest = await read({});
    expect(seqsIn(newest)).toEqual({ seqs: span(4, 53), has_more: true });
    expect(seqsIn(await read({ before: '4' }))).toEqual({ seqs: span(1, 3), has_more: false });
    const [{ id }] = (newest.body as { messages: [{ id: string }] }).messages;
    expect(seqsIn(await read({ before: id, limit: '2' }))).toEqual({ seqs: [2, 3], has_more: true });
    expect(seqsIn(await read({ after: id, limit: '2' }))).toEqual({ seqs: [5, 6], has_more: true });
    expect(seqsIn(await read({ after: '51' }))).toEqual({ seqs: [52, 53], has_more: false });
    expect(seqsIn(await read({ after: '53' }))).toEqual({ seqs: [], has_more: false });
    expectRefused(await read({ before: '2', after: '1' }), 'VALIDATION_ERROR', 'both');
  });
});
