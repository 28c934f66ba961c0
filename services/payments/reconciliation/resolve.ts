import { happened } from '#shared/events/event.ts';
import { FindingResolved } from '#shared/events/payments-reconciliation.ts';
import type { Brand } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Tx } from '#shared/sql.ts';
import type { Leg } from '../ledger/post.ts';
import type { PaymentsPorts } from '../ports.ts';
import { audited } from '../told.ts';
import { type FindingRow, markResolved, type Resolution } from './findings-store.ts';
import type { gatewayHouses } from './house.ts';
import type { Movement } from './judge.ts';
import { postAll } from './judge-lines.ts';
import { setAside } from './open-findings.ts';

type Ports = Pick<PaymentsPorts, 'outbox' | 'clock'>;
export type Houses = Awaited<ReturnType<typeof gatewayHouses>>;

export type Ending = {
  readonly resolution: Resolution;
  readonly by: string;
  readonly reason: string | null;
  /** The first of two, where it took two. */
  readonly with?: string | undefined;
};

/** What each side said. */
export function movementsOf(finding: FindingRow): {
  readonly ours: Movement | undefined;
  readonly theirs: Movement | undefined;
} {
  const { our_currency, our_amount, their_currency, their_amount } = finding;
  return {
    ours: our_currency === null || our_amount === null ? undefined : { currency: our_currency, minor: our_amount },
    theirs:
      their_currency === null || their_amount === null ? undefined : { currency: their_currency, minor: their_amount },
  };
}

/** The legs that set a finding's difference aside. */
export function asideOf(finding: FindingRow, houses: Houses): readonly Leg[] {
  const { ours, theirs } = movementsOf(finding);
  return setAside(ours, theirs, houses);
}

/**
 * Ends a finding that the caller has locked: posts the transfer that clears suspense, if any, and tells of it.
 *
 * @param legs what clears suspense; none where no money is concerned
 */
export async function resolveFinding(
  { outbox, clock }: Ports,
  tx: Tx,
  finding: FindingRow,
  legs: readonly Leg[],
  ending: Ending,
): Promise<FindingRow> {
  const { resolution, by, reason } = ending;
  const transferId = legs.length === 0 ? null : newId<Brand<string, 'TransferId'>>('core');
  if (transferId !== null) await postAll(tx, [{ id: transferId, kind: 'adjustment', legs }]);
  const resolved = await markResolved(tx, finding.id, { resolution, by, at: clock(), reason, transferId });
  await outbox.append(tx, {
    events: [
      happened(FindingResolved, finding.id, {
        finding_id: finding.id,
        gateway: finding.gateway,
        kind: finding.kind,
        resolution,
      }),
    ],
    audit: [
      audited({
        actor: by,
        action: 'payments.finding_resolved',
        subject: finding.id,
        facts: {
          gateway: finding.gateway,
          kind: finding.kind,
          resolution,
          ...(ending.with !== undefined && { with: ending.with }),
        },
      }),
    ],
  });
  return resolved;
}
