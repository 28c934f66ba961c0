import { happened } from '#shared/events/event.ts';
import { FindingOpened } from '#shared/events/payments-reconciliation.ts';
import type { Tx } from '#shared/sql.ts';
import type { Currency } from '#shared/money.ts';
import type { Leg, LedgerTransfer } from '../ledger/post.ts';
import type { PaymentsPorts } from '../ports.ts';
import { audited } from '../told.ts';
import { insertFindings, type NewFinding } from './findings-store.ts';
import type { GatewayHouse } from './house.ts';
import { differenceOf, type Movement } from './judge.ts';

/** Who finds, and who resolves what turned out to agree after all. */
export const RECONCILER = 'reconciliation';

type Ports = Pick<PaymentsPorts, 'outbox' | 'clock'>;

/**
 * Writes findings down and tells of them. Answers the transfers that set the differences aside, one for each finding that
 * is new and about money, under the finding's id: the caller posts them with whatever else it posts, in one call.
 */
export async function openFindings(
  { outbox, clock }: Ports,
  tx: Tx,
  findings: readonly NewFinding[],
  houses: ReadonlyMap<Currency, GatewayHouse>,
): Promise<LedgerTransfer[]> {
  const fresh = await insertFindings(tx, findings, clock());
  const opened = findings.filter(({ id }) => fresh.has(id));
  if (opened.length === 0) return [];
  await outbox.append(tx, {
    events: opened.map((finding) =>
      happened(FindingOpened, finding.id, {
        finding_id: finding.id,
        gateway: finding.gateway,
        kind: finding.kind,
        subject: finding.subject,
        transaction_id: finding.transactionId ?? null,
      }),
    ),
    audit: opened.map((finding) =>
      audited({
        actor: RECONCILER,
        action: 'payments.finding_opened',
        subject: finding.id,
        facts: { gateway: finding.gateway, kind: finding.kind, about: finding.subject },
      }),
    ),
  });
  return opened.flatMap((finding) => {
    const legs = setAside(finding.ours, finding.theirs, houses);
    return legs.length === 0 ? [] : [{ id: finding.id, kind: 'adjustment' as const, legs }];
  });
}

/** The legs that bring the clearing account to what the gateway says, the difference in suspense. */
export function setAside(
  ours: Movement | undefined,
  theirs: Movement | undefined,
  houses: ReadonlyMap<Currency, GatewayHouse>,
): readonly Leg[] {
  return differenceOf(ours, theirs).flatMap(({ currency, minor }) => {
    const { clearing, suspense } = houses.get(currency)!;
    return [
      { accountId: clearing, minor },
      { accountId: suspense, minor: -minor },
    ];
  });
}

/** The same the other way round. */
export function takeBack(legs: readonly Leg[]): readonly Leg[] {
  return legs.map(({ accountId, minor }) => ({ accountId, minor: -minor }));
}
