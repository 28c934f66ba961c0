import { randomBytes } from 'node:crypto';
import { makeOmisePayouts, makeOmiseRefunds } from '#infrastructure/gateways/omise-payouts.ts';
import { makeOmise } from '#infrastructure/gateways/omise.ts';
import { makeStripeRefunds } from '#infrastructure/gateways/stripe-refunds.ts';
import { makeStripe } from '#infrastructure/gateways/stripe.ts';
import { makeXenditPayouts, makeXenditRefunds } from '#infrastructure/gateways/xendit-payouts.ts';
import { makeXendit } from '#infrastructure/gateways/xendit.ts';
import { makeIdempotency } from '#infrastructure/idempotency/idempotency.ts';
import { makeLocalKeys } from '#infrastructure/keys/local-keys.ts';
import { VELOCITY_RULES, type VelocityRule } from '#services/payments/compliance/velocity-rules.ts';
import type { FxRules } from '#services/payments/conversion/ports.ts';
import type { People, Person, SettlementTerms } from '#services/payments/ports.ts';
import { seedWallets } from '#services/payments/seed-wallets.ts';
import { type PaymentsService, makePayments } from '#services/payments/service.ts';
import { type LedgerReport, verifyLedger } from '#services/payments/verify-ledger.ts';
import type { Caller } from '#shared/caller.ts';
import type { WalletBody } from '#shared/contracts/payments/wallets.ts';
import type { CaseId, OrderId, SessionId, UserId, WalletId } from '#shared/ids.ts';
import { positiveMoney, type Currency } from '#shared/money.ts';
import { newId } from '#shared/new-id.ts';
import { COUNTRY_FACTS } from '#shared/regions.ts';
import { statement } from '#shared/sql.ts';
import { DAY, HOUR, MINUTE, SECOND } from '#shared/time.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { OMISE, STRIPE, XENDIT, type OpenSandbox, openSandbox } from '../sandbox/open-sandbox.ts';

export const PUBLIC_URL = 'http://tchat.test';
/** What our step-up port takes in these tests. */
export const GOOD_TOKEN = 'confirmed';

type Written = { readonly type: string; readonly aggregate_id: string; readonly data: Record<string, unknown> };

export type TestPayments = {
  readonly payments: PaymentsService;
  readonly db: FreshDatabase;
  readonly sandbox: OpenSandbox;
  /** Someone new, at home in Thailand on tier 0 unless told otherwise. */
  someone(facts?: Partial<Person>): Caller;
  /** Someone new who has this much. */
  someoneWith(
    amount: string,
    currency?: Currency,
    facts?: Partial<Person>,
  ): Promise<{ caller: Caller; walletId: WalletId }>;
  /** Orders that were placed from a new device. */
  readonly limitedOrders: Set<OrderId>;
  /** Who has blocked whom, as `blocker other`. */
  readonly blocks: Set<string>;
  /** The categories of the shops that sell orders. */
  readonly categories: Map<OrderId, string>;
  /** People whose names are on a list of sanctions. */
  readonly listed: Set<UserId>;
  /** The cases of verification by which people are known. */
  readonly cases: Map<UserId, CaseId>;
  /** What wraps the keys of destinations. */
  readonly messageKey: string;
  wallet(caller: Caller, currency?: Currency): Promise<WalletBody>;
  /** Moves the clock that payments see. */
  pass(ms: number): void;
  now(): Date;
  /** What the outbox holds, audit entries included. */
  written(type?: string): Promise<Written[]>;
  count(table: string): Promise<number>;
  verify(): Promise<LedgerReport>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** As the settings have it when nothing is said. */
export const FX_RULES: FxRules = {
  quoteForMs: 30 * SECOND,
  ratesMaxAgeMs: 15 * MINUTE,
  jumpMaxBps: 500n,
  exposureMaxMicros: 1_000_000_000_000n,
  extraMarginBps: 0n,
};

const OUTBOX = statement('test.outbox', 'SELECT type, aggregate_id, data FROM events.outbox ORDER BY position');

/** Payments over the real engines and the sandbox's Omise, as `main.ts` wires them, with people of the test's own. */
export async function openPayments({
  velocityRules = VELOCITY_RULES,
  settlement = { inRuns: false, fees: 'none' },
  fx = {},
}: {
  readonly velocityRules?: readonly VelocityRule[];
  readonly settlement?: SettlementTerms;
  readonly fx?: Partial<FxRules>;
} = {}): Promise<TestPayments> {
  const opening = new AsyncDisposableStack();
  const db = opening.use(await freshDatabase());
  let passedMs = 0;
  const clock = () => new Date(Date.now() + passedMs);
  const sandbox = opening.use(await openSandbox({ clock }));
  const known = new Map<UserId, Person>();
  const people: People = {
    find: async (ids) => ids.flatMap((id) => known.get(id) ?? []),
  };
  const limitedOrders = new Set<OrderId>();
  const blocks = new Set<string>();
  const listed = new Set<UserId>();
  const cases = new Map<UserId, CaseId>();
  const categories = new Map<OrderId, string>();
  const messageKey = randomBytes(32).toString('hex');
  const gateways = [
    makeOmise({ baseUrl: `${sandbox.url}/omise`, ...OMISE }),
    makeStripe({ baseUrl: `${sandbox.url}/stripe`, ...STRIPE }),
    makeXendit({ baseUrl: `${sandbox.url}/xendit`, ...XENDIT }),
  ];
  const payments = makePayments({
    databases: db.databases,
    outbox: db.outbox,
    idempotency: makeIdempotency(),
    people,
    profiles: {
      find: async (ids) =>
        ids.flatMap((id) => {
          const person = known.get(id);
          const { locale, timezone } = COUNTRY_FACTS[person?.country ?? 'TH'];
          return person === undefined ? [] : [{ id, displayName: `Person ${id.slice(-4)}`, locale, timezone }];
        }),
    },
    blocks: { blockersOf: async (userId, others) => others.filter((other) => blocks.has(`${other} ${userId}`)) },
    stepUp: { verify: async (token) => token === GOOD_TOKEN },
    checkouts: {
      isLimited: async (orderId) => limitedOrders.has(orderId),
      categoryOf: async (orderId) => categories.get(orderId),
    },
    settlement,
    disputes: { answerWithinMs: 3 * DAY, reviewWithinMs: 2 * DAY },
    gateways,
    payoutGateways: [
      makeOmisePayouts({ baseUrl: `${sandbox.url}/omise`, ...OMISE }),
      makeXenditPayouts({ baseUrl: `${sandbox.url}/xendit`, ...XENDIT }),
    ],
    refundGateways: [
      makeOmiseRefunds({ baseUrl: `${sandbox.url}/omise`, ...OMISE }),
      makeStripeRefunds({ baseUrl: `${sandbox.url}/stripe`, ...STRIPE }),
      makeXenditRefunds({ baseUrl: `${sandbox.url}/xendit`, ...XENDIT }),
    ],
    keyManagement: makeLocalKeys([messageKey]),
    clock,
    log: quietLog,
    fx: { ...FX_RULES, ...fx },
    publicUrl: PUBLIC_URL,
    expiresAfterMs: 30 * MINUTE,
    velocityRules,
    ruleMeters: { overRule: () => undefined },
    parties: {
      isListed: async (id) => listed.has(id),
      casesOf: async (ids) => new Map(ids.flatMap((id) => (cases.has(id) ? [[id, cases.get(id)!] as const] : []))),
      screenParty: async ({ name }) => (name.includes('SANCTIONED') ? 'hit' : 'clear'),
    },
    promptPayBillerId: '099400061772100',
  });

  function someone(facts: Partial<Person> = {}): Caller {
    const country = facts.country ?? 'TH';
    const id = newId<UserId>(country);
    known.set(id, { id, status: 'active', country, kycTier: 0, ...facts });
    const expiresAt = new Date(Date.now() + HOUR);
    return { userId: id, sessionId: newId<SessionId>(country), role: 'user', country, expiresAt };
  }

  async function wallet(caller: Caller, currency: Currency = 'THB'): Promise<WalletBody> {
    const found = (await payments.listWallets(caller)).find((wallet) => wallet.currency === currency);
    if (found === undefined) throw new Error(`no ${currency} wallet`);
    return found;
  }

  return {
    payments,
    db,
    sandbox,
    someone,
    someoneWith: async (amount, currency = 'THB', facts = {}) => {
      const caller = someone(facts);
      const money = positiveMoney(amount, currency);
      if (typeof money === 'string') throw new Error(money);
      const ports = { core: db.database, outbox: db.outbox, clock };
      const [walletId] = await seedWallets(ports, [caller.userId], money);
      return { caller, walletId: walletId! };
    },
    limitedOrders,
    blocks,
    listed,
    cases,
    categories,
    messageKey,
    wallet,
    pass: (ms) => void (passedMs += ms),
    now: clock,
    written: async (type) => {
      const rows = await db.database.rows<Written>(OUTBOX);
      return type === undefined ? rows : rows.filter((row) => row.type === type);
    },
    count: async (table) => {
      const [row] = await db.database.rows<{ count: bigint }>(statement('', `SELECT count(*) FROM payments.${table}`));
      return Number(row!.count);
    },
    verify: () => verifyLedger(db.database),
    [Symbol.asyncDispose]: () => opening.disposeAsync(),
  };
}

/** An Idempotency-Key of its own, for a body that is always the same. */
export function newKey(): { readonly key: string; readonly digest: string } {
  return { key: randomBytes(8).toString('hex'), digest: 'a digest' };
}
