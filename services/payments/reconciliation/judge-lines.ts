import type { FindingId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { type LedgerTransfer, move, post, refusal } from '../ledger/post.ts';
import type { PaymentsPorts } from '../ports.ts';
import type { NewFinding } from './findings-store.ts';
import { gatewayHouses } from './house.ts';
import { judgeLine, type Ours, type Verdict } from './judge.ts';
import { type JudgedLine, lockWaiting, markJudged, type WaitingLine, waitingLines } from './lines-store.ts';
import { openFindings } from './open-findings.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'outbox' | 'clock'>;

/** Lines that one transaction judges: a second's work at most. */
const BATCH = 200;

export type GatewayDay = {
  readonly gateway: string;
  /** `2026-11-24`, in UTC. */
  readonly day: string;
};

/**
 * Holds the lines that nobody has judged yet against the ledger, some at a time. What does not agree becomes a finding with
 * its money in suspense; what the gateway paid over to our bank is posted. Each line is judged once.
 */
export function makeJudgeLines(ports: Ports) {
  const { databases, clock } = ports;
  const core = databases.of('core');

  /** @returns whether there may be more */
  return async ({ gateway, day }: GatewayDay): Promise<{ readonly more: boolean }> => {
    const lines = await waitingLines(core, gateway, BATCH);
    if (lines.length === 0) return { more: false };
    const houses = await gatewayHouses(
      core,
      gateway,
      lines.flatMap(({ currency, our_currency }) => (our_currency === null ? [currency] : [currency, our_currency])),
    );
    await core.transaction(async (tx) => {
      const ids = await lockWaiting(
        tx,
        lines.map(({ id }) => id),
      );
      const taken = new Set<string>();
      const judged: JudgedLine[] = [];
      const findings: NewFinding[] = [];
      const transfers: LedgerTransfer[] = [];
      for (const line of lines.filter(({ id }) => ids.has(id))) {
        if (line.kind === 'bank_payout') {
          const { bank, clearing } = houses.get(line.currency)!;
          // The line's own id: it can never be posted twice.
          transfers.push({ id: line.id, kind: 'gateway_payout', legs: move(bank, clearing, line.amount) });
          judged.push({ id: line.id, transactionId: null, transferId: line.id });
          continue;
        }
        const verdict = judgeLine({ ...line, minor: line.amount }, oursOf(line, taken));
        const pairs =
          verdict.kind === 'agrees' || verdict.kind === 'amount_differs' || verdict.kind === 'currency_differs';
        const transferId = pairs ? line.transfer_id : null;
        if (transferId !== null) taken.add(transferId);
        judged.push({ id: line.id, transactionId: line.transaction_id, transferId });
        if (verdict.kind !== 'agrees') findings.push(findingOf(line, verdict, { gateway, day }));
      }
      transfers.push(...(await openFindings(ports, tx, findings, houses)));
      await postAll(tx, transfers);
      // After the transfers, which lines refer to.
      await markJudged(tx, judged, clock());
    });
    return { more: lines.length === BATCH };
  };
}

/** Posts transfers whose accounts take anything; one that was posted before is left as it is. */
export async function postAll(tx: Parameters<typeof post>[0], transfers: readonly LedgerTransfer[]): Promise<void> {
  if (transfers.length === 0) return;
  for (const outcome of await post(tx, transfers)) {
    if (outcome !== 'posted' && outcome !== 'duplicate') throw refusal(outcome);
  }
}

/** What we know of the thing that a line is about; undefined when it is nothing of ours. */
export function oursOf(line: WaitingLine, taken: ReadonlySet<string>): Ours | undefined {
  const { transaction_id, status, transfer_id, our_currency, our_amount, is_taken } = line;
  if (transaction_id === null || status === null) return undefined;
  const hasMoved = our_currency !== null && our_amount !== null;
  return {
    status,
    movement: hasMoved ? { currency: our_currency, minor: our_amount } : undefined,
    isTaken: is_taken || (transfer_id !== null && taken.has(transfer_id)),
  };
}

export function findingOf(
  line: WaitingLine,
  verdict: Exclude<Verdict, { readonly kind: 'agrees' }>,
  { gateway, day }: GatewayDay,
): NewFinding {
  const { kind, ours, theirs, detail } = verdict;
  return {
    id: newId<FindingId>('core'),
    gateway,
    day,
    kind,
    subject: line.line_id,
    lineId: line.id,
    transactionId: line.transaction_id ?? undefined,
    ours,
    theirs,
    detail,
  };
}
