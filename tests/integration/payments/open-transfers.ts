import { randomBytes } from 'node:crypto';
import { makeOutbox } from '#infrastructure/events/outbox.ts';
import { makeIdempotency } from '#infrastructure/idempotency/idempotency.ts';
import { VELOCITY_RULES, widened } from '#services/payments/compliance/velocity-rules.ts';
import type { Parties, Person } from '#services/payments/ports.ts';
import type { AskedTransfer } from '#services/payments/transfer/asked.ts';
import type { TransferPorts } from '#services/payments/transfer/run-batch.ts';
import { seedWallets } from '#services/payments/seed-wallets.ts';
import type { Caller } from '#shared/caller.ts';
import type { SessionId, TransactionId, UserId, WalletId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Databases } from '#shared/sql.ts';
import { statement } from '#shared/sql.ts';
import { HOUR } from '#shared/time.ts';

/** Nobody is on a list, and nobody has a case. */
const NO_LISTS: Parties = {
  isListed: async () => false,
  casesOf: async () => new Map(),
  screenParty: async () => 'clear',
};

/** Someone who pays and is paid. */
export type Party = { readonly caller: Caller; readonly walletId: WalletId };

/** A transfer between two of a list, as one process tells another of it. */
export type Asked = { readonly key: string; readonly from: number; readonly to: number };

/** Transfers over a real database, with people of the test's own whose PIN is always shown. */
export function openTransfers(databases: Databases) {
  const people = new Map<UserId, Person>();
  const core = databases.of('core');
  const clock = () => new Date();
  const ports: TransferPorts = {
    databases,
    people: { find: async (ids) => ids.flatMap((id) => people.get(id) ?? []) },
    stepUp: { verify: async () => true },
    clock,
    idempotency: makeIdempotency(),
    outbox: makeOutbox(),
    publicUrl: 'http://tchat.test',
    velocityRules: widened(VELOCITY_RULES, 1_000_000n),
    parties: NO_LISTS,
    ruleMeters: { overRule: () => undefined },
  };

  function someone(facts: Partial<Person> = {}): Caller {
    const userId = facts.id ?? newId<UserId>('TH');
    people.set(userId, { id: userId, status: 'active', country: 'TH', kycTier: 2, ...facts });
    const expiresAt = new Date(Date.now() + HOUR);
    return { userId, sessionId: newId<SessionId>('TH'), role: 'user', country: 'TH', expiresAt };
  }

  return {
    ports,
    someone,
    /** New people who have this many satang each. */
    parties: async (count: number, minor: bigint): Promise<Party[]> => {
      const callers = Array.from({ length: count }, () => someone());
      const money = { minor, currency: 'THB' } as const;
      const seeded = { core, outbox: ports.outbox, clock };
      const wallets = await seedWallets(
        seeded,
        callers.map(({ userId }) => userId),
        money,
      );
      return callers.map((caller, place) => ({ caller, walletId: wallets[place]! }));
    },
    /** What each user has in their wallet of THB; undefined for someone without one. */
    balancesOf: async (userIds: readonly UserId[]): Promise<(bigint | undefined)[]> => {
      const rows = await core.rows<{ user_id: UserId; balance: bigint }>(BALANCES, [userIds]);
      return userIds.map((userId) => rows.find((row) => row.user_id === userId)?.balance);
    },
  };
}

export type Transfers = ReturnType<typeof openTransfers>;

const BALANCES = statement(
  'test.balances',
  `SELECT wallet.user_id, account.balance FROM payments.wallets AS wallet
   JOIN payments.accounts AS account ON account.id = wallet.id WHERE wallet.user_id = ANY ($1) AND wallet.currency = 'THB'`,
);

/** A transfer as it comes to a lane. */
export function asks(
  from: Party,
  recipientId: UserId,
  minor: bigint,
  key: AskedTransfer['key'] = { key: randomBytes(8).toString('hex'), digest: 'a digest' },
): AskedTransfer {
  return {
    caller: from.caller,
    asked: {
      walletId: from.walletId,
      recipientId,
      money: { minor, currency: 'THB' },
      description: undefined,
      reference: key?.key,
    },
    key,
    stepUpToken: undefined,
    ids: { out: newId<TransactionId>('core'), in: newId<TransactionId>('core') },
    at: new Date(),
  };
}
