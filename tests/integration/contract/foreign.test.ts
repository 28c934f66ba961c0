import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Call } from '#shared/http/call.ts';
import type { Answer } from '#tests/integration/gateway/call-at.ts';
import { callNamed, contractCalls, NOBODYS, roleFor } from './calls.ts';
import { EXAMPLES, type JsonObject } from './examples.ts';
import type { Ask } from './ask.ts';
import { openContract, PIN, type Contract, type Person } from './open-contract.ts';
import { expectFault, expectRefused, sameForEveryone } from './refused.ts';
import { branchesOf, fieldsOf } from './schema-fields.ts';
import { withValueAt } from './spoil.ts';
import { makeThings, type Things } from './things.ts';

/**
 * What becomes of an id that is not the caller's to use.
 *
 * - `absent`: 404, the same for nobody's and for someone else's
 * - `invalid`: 400 at the field, the same for both: the id must be of something inside what the call is about
 * - `empty`: a list without entries, the same for both
 * - `forbidden`: 403, the same for both: people name nobody but themselves there
 * - `later`: taken; its workflow, which may know, ends what was asked for
 */
type Fate = 'absent' | 'invalid' | 'empty' | 'forbidden' | 'later';

type Case = {
  readonly fate: Fate;
  /** Someone else's; undefined where everybody's may be named. */
  readonly theirs: string | undefined;
  /** The rest of the request, in which nothing else is wrong. */
  readonly rest?: Ask & { readonly body?: JsonObject };
};

/** Parts of a request that are ids of things, by the name of the call and where the id is. */
const CASES: Readonly<Record<string, (things: Things) => Readonly<Record<string, Case>>>> = {
  revokeSession: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.session } }),
  readAccount: () => ({ 'params.id': { fate: 'absent', theirs: undefined } }),
  suspendUser: () => ({ 'params.id': { fate: 'absent', theirs: undefined, rest: { body: { reason: 'why' } } } }),
  reinstateUser: () => ({ 'params.id': { fate: 'absent', theirs: undefined, rest: { body: { reason: 'why' } } } }),
  deleteUser: () => ({ 'params.id': { fate: 'absent', theirs: undefined, rest: { body: { reason: 'why' } } } }),
  rejectAppeal: () => ({ 'params.id': { fate: 'absent', theirs: undefined, rest: { body: { reason: 'why' } } } }),
  decideUserReport: () => ({
    'params.id': { fate: 'absent', theirs: undefined, rest: { body: { decision: 'dismissed' } } },
  }),
  decideHit: () => ({
    'params.id': { fate: 'absent', theirs: undefined, rest: { body: { decision: 'clear' } } },
  }),
  getReconciliation: () => ({ 'params.id': { fate: 'absent', theirs: undefined } }),
  exportReconciliation: () => ({ 'params.id': { fate: 'absent', theirs: undefined } }),
  resolveFinding: () => ({
    'params.id': { fate: 'absent', theirs: undefined, rest: { body: { action: 'dismiss', reason: 'why not' } } },
  }),
  decideMoneyAlert: () => ({
    'params.id': { fate: 'absent', theirs: undefined, rest: { body: { decision: 'allow' } } },
  }),
  getTravelRecord: () => ({ 'params.id': { fate: 'absent', theirs: undefined } }),
  listMoneyAlerts: () => ({ 'query.user_id': { fate: 'empty', theirs: undefined } }),
  listUserReports: () => ({ 'query.user_id': { fate: 'empty', theirs: undefined } }),
  readPrivacyRequest: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.request } }),
  cancelPrivacyRequest: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.request } }),
  downloadExport: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.request } }),
  blockUser: () => ({ 'params.id': { fate: 'absent', theirs: undefined } }),
  unblockUser: () => ({ 'params.id': { fate: 'absent', theirs: undefined } }),
  reportUser: () => ({ 'params.id': { fate: 'absent', theirs: undefined } }),
  // Nothing is told of a report that the provider has not signed.
  reportSmsDelivery: () => ({}),

  openDialog: () => ({ 'body.participant_ids.0': { fate: 'absent', theirs: undefined, rest: { body: direct } } }),
  getDialog: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.dialog } }),
  editDialog: ({ theirs }) => ({
    'params.id': { fate: 'absent', theirs: theirs.channel, rest: { body: { name: 'Mine now' } } },
  }),
  deleteDialog: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.channel } }),
  addParticipants: ({ me, mine, theirs }) => ({
    'params.id': { fate: 'absent', theirs: theirs.channel, rest: { body: { user_ids: [me.id] } } },
    'body.user_ids.0': {
      fate: 'absent',
      theirs: undefined,
      rest: { params: { id: mine.channel }, body: { user_ids: [NOBODYS] } },
    },
  }),
  removeParticipants: ({ me, mine, them, theirs }) => ({
    'params.id': { fate: 'absent', theirs: theirs.channel, rest: { body: { user_ids: [me.id] } } },
    'body.user_ids.0': {
      fate: 'absent',
      theirs: them.id,
      rest: { params: { id: mine.channel }, body: { user_ids: [NOBODYS] } },
    },
  }),
  changeRoles: ({ me, mine, them, theirs }) => ({
    'params.id': { fate: 'absent', theirs: theirs.channel, rest: { body: { user_ids: [me.id], role: 'admin' } } },
    'body.user_ids.0': {
      fate: 'absent',
      theirs: them.id,
      rest: { params: { id: mine.channel }, body: { user_ids: [NOBODYS], role: 'admin' } },
    },
  }),
  joinDialog: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.channel } }),
  leaveDialog: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.channel } }),
  muteDialog: ({ theirs }) => ({
    'params.id': { fate: 'absent', theirs: theirs.channel, rest: { body: { muted_until: null } } },
  }),
  pinMessage: ({ mine, theirs }) => ({
    'params.id': { fate: 'absent', theirs: theirs.dialog, rest: { body: { message_id: theirs.message } } },
    'body.message_id': {
      fate: 'absent',
      theirs: theirs.message,
      rest: { params: { id: mine.dialog }, body: { message_id: NOBODYS } },
    },
  }),
  unpinMessage: ({ mine, theirs }) => ({
    'params.id': { fate: 'absent', theirs: theirs.dialog, rest: { body: { message_id: theirs.message } } },
    'body.message_id': {
      fate: 'absent',
      theirs: theirs.message,
      rest: { params: { id: mine.dialog }, body: { message_id: NOBODYS } },
    },
  }),
  listMessages: ({ mine, theirs }) => ({
    'params.id': { fate: 'absent', theirs: theirs.dialog },
    'query.before': { fate: 'absent', theirs: theirs.message, rest: { params: { id: mine.dialog } } },
    'query.after': { fate: 'absent', theirs: theirs.message, rest: { params: { id: mine.dialog } } },
  }),
  sendMessage: ({ mine, theirs, them }) => ({
    'params.id': { fate: 'absent', theirs: theirs.dialog, rest: { body: text } },
    'body.reply_to_id': {
      fate: 'invalid',
      theirs: theirs.message,
      rest: { params: { id: mine.dialog }, body: { ...text, reply_to_id: NOBODYS } },
    },
    'body.metadata.mentions.0': {
      fate: 'invalid',
      theirs: them.id,
      rest: { params: { id: mine.dialog }, body: { ...text, metadata: { mentions: [NOBODYS] } } },
    },
    'body.metadata.media_id': {
      fate: 'invalid',
      theirs: theirs.media,
      rest: { params: { id: mine.dialog }, body: { message_type: 'file', metadata: { media_id: NOBODYS } } },
    },
  }),
  searchMessages: ({ theirs }) => ({
    'query.dialog_id': { fate: 'absent', theirs: theirs.dialog, rest: { query: { q: 'word' } } },
  }),
  advanceReceipt: ({ theirs }) => ({
    'params.id': { fate: 'absent', theirs: theirs.dialog, rest: { body: { read_seq: 1 } } },
  }),

  editMessage: ({ theirs }) => ({
    'params.id': { fate: 'absent', theirs: theirs.message, rest: { body: { content: 'hello' } } },
  }),
  deleteMessage: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.message } }),
  addReaction: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.message, rest: { body: thumb } } }),
  removeReaction: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.message, rest: { body: thumb } } }),
  getMessageHistory: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.message } }),
  listMessageReceipts: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.message } }),
  reportMessage: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.message } }),
  listDialogReports: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.channel } }),
  decideOpsReport: () => ({ 'params.id': { fate: 'absent', theirs: undefined, rest: { body: { decision: 'keep' } } } }),
  dismissReports: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.message } }),

  getMedia: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.media } }),

  getWallet: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.wallet } }),
  updateWallet: ({ theirs }) => ({
    'params.id': { fate: 'absent', theirs: theirs.wallet, rest: { body: { is_primary: true } } },
  }),
  closeWallet: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.wallet } }),
  getStatement: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.wallet } }),
  getReceipt: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.transaction } }),
  printReceipt: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.transaction } }),
  createMoneyRequest: () => ({
    'body.payer_id': {
      fate: 'absent',
      theirs: undefined,
      rest: { body: { payer_id: NOBODYS, amount: '10.00', currency: 'THB' } },
    },
  }),
  getMoneyRequest: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.asked } }),
  payMoneyRequest: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.asked, rest: { body: {} } } }),
  declineMoneyRequest: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.asked } }),
  cancelMoneyRequest: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.asked } }),
  readWallet: () => ({ 'params.id': { fate: 'absent', theirs: undefined } }),
  freezeWallet: () => ({ 'params.id': { fate: 'absent', theirs: undefined, rest: { body: { reason: 'why' } } } }),
  unfreezeWallet: () => ({ 'params.id': { fate: 'absent', theirs: undefined, rest: { body: { reason: 'why' } } } }),
  createDeposit: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.wallet, rest: { body: deposit } } }),
  createWithdrawal: ({ theirs }) => ({
    'params.id': { fate: 'absent', theirs: theirs.wallet, rest: { body: EXAMPLES['createWithdrawal']![0]!.body } },
  }),
  refundTransaction: ({ theirs }) => ({
    'params.id': { fate: 'absent', theirs: theirs.transaction, rest: { body: {} } },
  }),
  createConversion: ({ theirs }) => ({
    'body.quote_id': { fate: 'absent', theirs: theirs.quote, rest: { body: { quote_id: NOBODYS } } },
  }),
  showWalletQr: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.wallet } }),
  createTransfer: ({ mine, theirs, them }) => {
    const body = { wallet_id: mine.wallet, recipient_id: them.id, amount: '10.00', currency: 'THB' };
    return {
      'body.wallet_id': { fate: 'absent', theirs: theirs.wallet, rest: { body } },
      'body.recipient_id': { fate: 'absent', theirs: undefined, rest: { body } },
    };
  },
  listTransactions: ({ theirs }) => ({ 'query.wallet_id': { fate: 'empty', theirs: theirs.wallet } }),
  openDispute: ({ theirs }) => ({
    'body.transaction_id': {
      fate: 'absent',
      theirs: theirs.transaction,
      rest: { body: { transaction_id: NOBODYS, reason: 'damaged' } },
    },
  }),
  getDispute: () => ({ 'params.id': { fate: 'absent', theirs: undefined } }),
  answerDispute: () => ({ 'params.id': { fate: 'absent', theirs: undefined, rest: { body: { answer: 'accept' } } } }),
  withdrawDispute: () => ({ 'params.id': { fate: 'absent', theirs: undefined } }),
  getOpsDispute: () => ({ 'params.id': { fate: 'absent', theirs: undefined } }),
  decideDispute: () => ({
    'params.id': { fate: 'absent', theirs: undefined, rest: { body: { outcome: 'customer' } } },
  }),
  getSettlement: () => ({ 'params.id': { fate: 'absent', theirs: undefined } }),
  exportSettlement: () => ({ 'params.id': { fate: 'absent', theirs: undefined } }),
  getOrderPayment: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.order } }),
  getTransaction: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.transaction } }),
  // Whoever has the link may pay; this one is shown as a QR code and has no page.
  // The page is for whoever has the link, so everybody's may be opened.
  openPaymentPage: () => ({ 'params.id': { fate: 'absent', theirs: undefined } }),

  getShop: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.shop } }),
  editShop: ({ theirs }) => ({
    'params.id': { fate: 'absent', theirs: theirs.shop, rest: { body: { name: 'Mine now' } } },
  }),
  addProduct: ({ mine, theirs }) => ({
    'body.shop_id': { fate: 'absent', theirs: theirs.shop, rest: { body: { ...lamp, shop_id: mine.shop } } },
    'body.variants.0.id': {
      fate: 'invalid',
      theirs: theirs.variant,
      rest: { body: { ...lamp, shop_id: mine.shop, variants: [{ id: NOBODYS, name: 'L', stock_quantity: 1 }] } },
    },
  }),
  listProducts: ({ theirs }) => ({ 'query.shop_id': { fate: 'empty', theirs: theirs.shop } }),
  getProduct: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.product } }),
  editProduct: ({ mine, theirs }) => ({
    'params.id': { fate: 'absent', theirs: theirs.product, rest: { body: { name: 'Mine now' } } },
    'body.variants.0.id': {
      fate: 'invalid',
      theirs: theirs.variant,
      rest: {
        params: { id: mine.product },
        body: { variants: [{ id: NOBODYS, name: 'L', stock_quantity: 1 }] },
      },
    },
  }),
  placeOrder: ({ mine, theirs, checkout }) => {
    const rest = { body: checkout(mine.wallet) };
    return {
      'body.shop_id': { fate: 'absent', theirs: theirs.shop, rest },
      'body.items.0.product_id': { fate: 'absent', theirs: theirs.product, rest },
      'body.items.0.variant_id': { fate: 'absent', theirs: theirs.variant, rest },
      'body.wallet_id': { fate: 'later', theirs: theirs.wallet, rest },
    };
  },
  listOrders: ({ theirs }) => ({ 'query.shop_id': { fate: 'empty', theirs: theirs.shop } }),
  getOrder: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.order } }),
  getOrderTimeline: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.order } }),
  confirmOrder: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.order } }),
  shipOrder: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.order } }),
  deliverOrder: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.order } }),
  cancelOrder: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.order } }),
  returnOrder: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.order } }),
  submitKyc: () => ({
    'body.documents.0.media_id': {
      fate: 'invalid',
      theirs: undefined,
      rest: { body: EXAMPLES['submitKyc']![0]!.body },
    },
  }),
  submitShopVerification: ({ mine, theirs }) => {
    const { body } = EXAMPLES['submitShopVerification']![0]!;
    const { media_id: _, ...document } = (body['documents'] as readonly JsonObject[])[0]!;
    return {
      'params.id': { fate: 'absent', theirs: theirs.shop, rest: { body: { ...body, documents: [document] } } },
      'body.documents.0.media_id': {
        fate: 'invalid',
        theirs: theirs.media,
        rest: { params: { id: mine.shop }, body },
      },
    };
  },
  getShopVerification: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.shop } }),
  withdrawShopVerification: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.shop } }),
  withdrawKyc: ({ sellers }) => ({ 'params.id': { fate: 'absent', theirs: sellers.case } }),
  getReview: () => ({ 'params.id': { fate: 'absent', theirs: undefined } }),
  decideReview: () => ({
    'params.id': { fate: 'absent', theirs: undefined, rest: { body: { decision: 'approve', round: 1 } } },
  }),
  reviewProduct: ({ mine, theirs, onSale }) => ({
    'params.id': { fate: 'absent', theirs: theirs.product, rest: { body: { order_id: mine.order, rating: 5 } } },
    'body.order_id': {
      fate: 'absent',
      theirs: theirs.order,
      rest: { params: { id: onSale.product }, body: { order_id: NOBODYS, rating: 5 } },
    },
  }),
  createNotification: () => ({
    'body.recipient_id': {
      fate: 'forbidden',
      theirs: undefined,
      rest: { body: { recipient_id: NOBODYS, template: 'account.restored', type: 'in_app' } },
    },
  }),
  getNotification: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.notification } }),
  readNotification: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.notification } }),
  cancelNotification: () => ({ 'params.id': { fate: 'absent', theirs: undefined } }),
  removePushDevice: ({ theirs }) => ({ 'params.id': { fate: 'absent', theirs: theirs.device } }),
  // Nothing is told of a report that the provider has not signed.
  reportNotificationDelivery: () => ({}),
  liftSuppression: () => ({
    'params.id': { fate: 'absent', theirs: undefined, rest: { body: { reason: 'reader_asked' } } },
  }),
};

const direct = { type: 'direct', participant_ids: [NOBODYS] };
const thumb = { emoji: '👍' };
const text = { message_type: 'text', content: 'hello' };
const deposit = { amount: '100.00', payment_method: 'promptpay' };
const lamp = { name: 'Lamp', price: '80.00', currency: 'THB', stock_quantity: 1 };

/** Where a call names things by id. */
function idsIn(call: Call): string[] {
  const parts = { params: call.params, query: call.query, body: call.body };
  return Object.entries(parts).flatMap(([part, schema]) => {
    if (schema === undefined) return [];
    const fields = [...fieldsOf(schema)].filter(([, schemas]) => schemas.flatMap(branchesOf).some(isId));
    return fields.map(([path]) => `${part}.${path}`);
  });
}

function isId({ format }: { readonly format?: unknown }): boolean {
  return format === 'uuid';
}

const naming = contractCalls.filter((call) => idsIn(call).length > 0);

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

async function askWith(call: Call, place: string, id: string, rest: Case['rest'] = {}): Promise<Answer> {
  const [part, ...path] = place.split('.') as ['params' | 'query' | 'body', ...string[]];
  const named = path.join('.');
  const changed =
    part === 'body' ? { body: withValueAt(rest.body ?? {}, named, id) } : { [part]: { ...rest[part], [named]: id } };
  const headers = call.name === 'createTransfer' ? { 'step-up': await proof() } : {};
  return await contract.ask(call, { token: tokenFor(call), headers, ...rest, ...changed });
}

async function proof(): Promise<string> {
  const answer = await contract.ask(callNamed('stepUp'), { token: things.me.token, body: { pin: PIN } });
  return (answer.body as { step_up_token: string }).step_up_token;
}

const EXPECTED: Readonly<Record<Fate, (answer: Answer, place: string, what: string) => void>> = {
  absent: (answer, _, what) => expectRefused(answer, 'NOT_FOUND', what),
  invalid: (answer, place, what) => expectFault(answer, place.slice('body.'.length), what),
  forbidden: (answer, _, what) => expectRefused(answer, 'FORBIDDEN', what),
  empty: ({ status, body }) => {
    expect(status).toBe(200);
    expect(Object.values(body as object)).toEqual([[], null]);
  },
  later: ({ status, body }) => expect([status, body]).toEqual([201, expect.objectContaining({ status: 'pending' })]),
};

test('there is a case for every id that a call takes', () => {
  expect(Object.keys(CASES).toSorted()).toEqual(naming.map(({ name }) => name).toSorted());
  for (const call of naming.filter(({ raw }) => raw !== true)) {
    expect([call.name, Object.keys(CASES[call.name]!(things)).toSorted()]).toEqual([call.name, idsIn(call).toSorted()]);
  }
});

describe.each(naming)('$name', (call) => {
  test('takes an id that nobody has and that of someone else for the same', async () => {
    for (const [place, { fate, theirs, rest }] of Object.entries(CASES[call.name]!(things))) {
      const nobodys = await askWith(call, place, NOBODYS, rest);
      EXPECTED[fate](nobodys, place, `nobody's ${place}`);
      if (theirs === undefined) continue;
      const foreign = await askWith(call, place, theirs, rest);
      EXPECTED[fate](foreign, place, `their ${place}`);
      if (fate !== 'later') expect(sameForEveryone(foreign)).toEqual(sameForEveryone(nobodys));
    }
  });
});

test.each(naming.filter((call) => idsIn(call).includes('params.id')))(
  '$name refuses what is no id at all',
  async (call) => {
    for (const id of ['17', 'me', "' OR 1=1 --", '\0', '../wallets', 'x'.repeat(2_000), `${NOBODYS}0`]) {
      const answer = await contract.ask(call, {
        token: tokenFor(call),
        params: { id: encodeURIComponent(id) },
        ...(call.body === undefined ? {} : { body: EXAMPLES[call.name]![0]!.body }),
      });
      expectFault(answer, 'id', id);
    }
  },
);

test('someone else’s things are there for them all the while', async () => {
  const { theirs, them } = things;
  const reads: readonly [string, string][] = [
    ['getDialog', theirs.dialog],
    ['getTransaction', theirs.transaction],
    ['getShop', theirs.shop],
    ['getProduct', theirs.product],
    ['getOrder', theirs.order],
  ];
  for (const [name, id] of reads) {
    expect(await contract.ask(callNamed(name), { token: them.token, params: { id } })).toMatchObject({
      status: 200,
      body: { id },
    });
  }
});
