import type { Caller } from '#shared/caller.ts';
import type { Finding, FindingResolution } from '#shared/contracts/payments/reconciliation.ts';
import { AppError } from '#shared/errors.ts';
import type { FindingId, TransactionId, UserId, WalletId } from '#shared/ids.ts';
import { isAboveStepUpSum } from '#shared/step-up-sums.ts';
import { type Tx, firstRow, statement } from '#shared/sql.ts';
import type { Leg } from '../ledger/post.ts';
import type { PaymentsPorts } from '../ports.ts';
import { insertTransactions } from '../store/transactions.ts';
import { audited, auditedRefusal, transactionUpdated } from '../told.ts';
import { type FindingRow, findFinding, lockFinding, propose } from './findings-store.ts';
import { gatewayHouses } from './house.ts';
import { differenceOf } from './judge.ts';
import { takeBack } from './open-findings.ts';
import { findingBody } from './reports.ts';
import { asideOf, type Houses, movementsOf, resolveFinding } from './resolve.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'outbox' | 'clock' | 'log' | 'ruleMeters'>;

type Owner = {
  readonly user_id: UserId;
  readonly wallet_id: WalletId;
  readonly type: string;
  readonly status: string;
  readonly currency: string;
};

const OWNER = statement(
  'payments.owner-of-finding',
  `SELECT ours.user_id, ours.wallet_id, ours.type, ours.status, ours.currency FROM payments.transactions AS ours
   WHERE ours.id = $1 FOR NO KEY UPDATE`,
);
/** A deposit's money is moved under the deposit's id, whatever becomes of it. */
const HAS_ARRIVED = statement(
  'payments.has-deposit-arrived',
  'SELECT transfer.id FROM payments.transfers AS transfer WHERE transfer.id = $1',
);

/**
 * Clears what a finding set aside, by staff. Money above the sums of Step-Up takes two people: the first one's word is kept
 * as a proposal, and another one's for the same action carries it out.
 *
 * @throws {AppError} NOT_FOUND, FORBIDDEN for one's own money, CONFLICT when the finding is resolved, the second person is
 *   the first one, or the action does not fit it
 */
export function makeDecideFinding(ports: Ports) {
  const { databases, outbox, clock } = ports;
  const core = databases.of('core');

  async function decide(tx: Tx, caller: Caller, finding: FindingRow, asked: FindingResolution, houses: Houses) {
    const by = caller.userId;
    const owner =
      finding.transaction_id === null ? undefined : await firstRow<Owner>(tx, OWNER, [finding.transaction_id]);
    if (owner?.user_id === by) throw new AppError('FORBIDDEN', { details: 'This is about your own money' });
    const { ours, theirs } = movementsOf(finding);
    const sums = differenceOf(ours, theirs);
    if (sums.length === 0 && asked.action !== 'dismiss') throw unfit('There is no money in suspense for it');
    // Asked with the deposit locked: a report of the gateway that gives it back waits, or has been here before.
    const disposes =
      asked.action === 'credit_user' || (asked.action === 'write_off' && finding.kind === 'status_differs');
    if (disposes && (await firstRow(tx, HAS_ARRIVED, [finding.transaction_id])) !== undefined) {
      throw unfit('The money has arrived meanwhile, and goes where it belongs');
    }
    const legs = legsOf(asked.action, finding, owner, houses);
    const takesTwo = sums.some(({ currency, minor }) =>
      isAboveStepUpSum({ currency, minor: minor < 0n ? -minor : minor }),
    );
    if (takesTwo && (finding.status !== 'proposed' || finding.proposed_action !== asked.action)) {
      const proposal = { action: asked.action, by, at: clock(), reason: asked.reason };
      const facts = { gateway: finding.gateway, kind: finding.kind, resolution: asked.action };
      const entry = { actor: by, action: 'payments.finding_proposed', subject: finding.id, facts };
      await outbox.append(tx, { audit: [audited(entry)] });
      return await propose(tx, finding.id, proposal);
    }
    if (takesTwo && finding.proposed_by === by) throw unfit('Another person has to ask for the same');
    const ending = {
      resolution: asked.action,
      by,
      reason: asked.reason,
      with: takesTwo ? (finding.proposed_by ?? undefined) : undefined,
    };
    const resolved = await resolveFinding(ports, tx, finding, legs, ending);
    if (asked.action === 'credit_user') await tellOwner(tx, caller, resolved, owner!);
    return resolved;
  }

  /** The credit is a transaction of its own, which the owner sees. */
  async function tellOwner(tx: Tx, caller: Caller, finding: FindingRow, owner: Owner): Promise<void> {
    const { theirs } = movementsOf(finding);
    const transferId = finding.resolved_transfer_id!;
    const made = {
      id: transferId as TransactionId,
      walletId: owner.wallet_id,
      userId: owner.user_id,
      type: 'refund',
      currency: theirs!.currency,
      minor: -theirs!.minor,
      status: 'completed',
      actor: caller.userId,
      at: clock(),
      transferId,
      refundOf: finding.transaction_id!,
      reference: 'reconciliation',
    } as const;
    await insertTransactions(tx, [made]);
    await outbox.append(tx, { events: [transactionUpdated(made)] });
  }

  return async (caller: Caller, id: FindingId, asked: FindingResolution): Promise<Finding> => {
    const seen = await findFinding(core, id);
    if (seen === undefined) throw new AppError('NOT_FOUND', { message: 'There is no such finding' });
    const { ours, theirs } = movementsOf(seen);
    const houses = await gatewayHouses(
      core,
      seen.gateway,
      [ours, theirs].flatMap((side) => (side === undefined ? [] : [side.currency])),
    );
    try {
      return await core.transaction(async (tx) => {
        const finding = await lockFinding(tx, id);
        if (finding === undefined || finding.status === 'resolved') throw unfit('The finding is resolved');
        return findingBody(await decide(tx, caller, finding, asked, houses));
      });
    } catch (error) {
      return await auditedRefusal(
        ports,
        { actor: caller.userId, action: 'payments.finding_resolved', subject: id },
        error,
      );
    }
  };
}

/** The legs that clear suspense. */
function legsOf(
  action: FindingResolution['action'],
  finding: FindingRow,
  owner: Owner | undefined,
  houses: Houses,
): readonly Leg[] {
  const aside = asideOf(finding, houses);
  if (action === 'dismiss') return takeBack(aside);
  const { ours, theirs } = movementsOf(finding);
  const cleared = differenceOf(ours, theirs).map(({ currency, minor }) => ({
    ...houses.get(currency)!,
    currency,
    minor,
  }));
  if (action === 'write_off') {
    // Clearing would move a second time once the deposit completes.
    if (finding.kind === 'status_differs' && owner?.type === 'deposit') assertNeverCompletes(owner);
    return cleared.flatMap(({ suspense, fees, minor }) => [
      { accountId: suspense, minor },
      { accountId: fees, minor: -minor },
    ]);
  }
  assertCreditable(finding, owner);
  return cleared.flatMap(({ suspense, minor }) => [
    { accountId: suspense, minor },
    { accountId: owner!.wallet_id, minor: -minor },
  ]);
}

/** Money that came in for somebody's deposit, and that this deposit will not bring any more. */
function assertCreditable(finding: FindingRow, owner: Owner | undefined): void {
  if (owner === undefined || owner.type !== 'deposit') throw unfit('It is no deposit of anybody');
  if (finding.our_amount !== null || finding.their_amount === null || finding.their_amount >= 0n) {
    throw unfit('Only money that came in whole is credited');
  }
  if (finding.their_currency !== owner.currency) throw unfit('The wallet is of another currency');
  assertNeverCompletes(owner);
}

/** A deposit that waits, or that has expired, completes when its gateway reports it paid. */
function assertNeverCompletes({ status }: Owner): void {
  if (['pending', 'processing', 'expired'].includes(status)) {
    throw unfit('The deposit may still be completed: ask the gateway to report it again');
  }
}

function unfit(details: string): AppError {
  return new AppError('CONFLICT', { details });
}
