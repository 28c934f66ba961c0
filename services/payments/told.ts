import { TransactionUpdated } from '#shared/events/payments.ts';
import { type AuditEntry, type NewEvent, happened } from '#shared/events/event.ts';
import type { TransactionStatus, TransactionType } from '#shared/contracts/payments/transaction.ts';
import { AppError, type ErrorCode } from '#shared/errors.ts';
import type { TransactionId, UserId, WalletId } from '#shared/ids.ts';
import { type Currency, formatMoney } from '#shared/money.ts';
import type { Tx } from '#shared/sql.ts';
import { raiseAlerts } from './compliance/alert-store.ts';
import { VelocityRefusal } from './compliance/judge-movements.ts';
import type { PaymentsPorts } from './ports.ts';

/** The parts of a transaction that its events tell. */
export type Told = {
  readonly id: TransactionId;
  readonly userId: UserId;
  readonly walletId: WalletId;
  readonly type: TransactionType;
  readonly status: TransactionStatus;
  readonly minor: bigint;
  readonly currency: Currency;
  /** A refund that goes back to where a deposit came from, and not into the wallet. */
  readonly returnsDeposit?: true;
};

/** What the outside hears when a transaction is made or changes its status. */
export function transactionUpdated(of: Told): NewEvent {
  return happened(TransactionUpdated, of.id, {
    transaction_id: of.id,
    user_id: of.userId,
    wallet_id: of.walletId,
    type: of.type,
    status: of.status,
    amount: formatMoney({ minor: of.minor, currency: of.currency }),
    currency: of.currency,
    ...(of.returnsDeposit && { returns_deposit: true }),
  });
}

/** What auditors find about a change of money. The ledger lives in the core region. */
export function audited(
  entry: Pick<AuditEntry, 'actor' | 'action' | 'subject' | 'facts'>,
  outcome: AuditEntry['outcome'] = 'ok',
): AuditEntry {
  return { region: 'core', outcome, ...entry };
}

/** Decisions about money; a call that was merely wrong, or is still under way, is none. */
const DECISIONS: ReadonlySet<ErrorCode> = new Set([
  'INSUFFICIENT_FUNDS',
  'LIMIT_EXCEEDED',
  'STEP_UP_REQUIRED',
  'CONFLICT',
]);

type RefusalPorts = Pick<PaymentsPorts, 'databases' | 'outbox' | 'log' | 'clock' | 'ruleMeters'>;
type Refused = Pick<AuditEntry, 'actor' | 'action' | 'subject'>;

/**
 * What auditors find about a call that was refused; nothing where that was no decision about money. What went over a rule
 * against crime is put on the list of ops with it.
 */
export async function toldRefusal(
  { clock, ruleMeters }: Pick<RefusalPorts, 'clock' | 'ruleMeters'>,
  tx: Tx,
  entry: Refused,
  error: AppError,
): Promise<readonly AuditEntry[]> {
  if (!DECISIONS.has(error.code)) return [];
  const rules = error instanceof VelocityRefusal ? error.rules : [];
  for (const rule of rules) ruleMeters.overRule(rule, 'refused');
  if (error instanceof VelocityRefusal) await raiseAlerts(tx, error.userId, error.rules, 'refused', clock());
  const facts = { code: error.code, ...(rules.length === 0 ? {} : { rules: rules.join(' ') }) };
  return [audited({ ...entry, facts }, 'refused')];
}

/**
 * Writes an audit entry for a call that was refused, in a transaction of its own since the call's was rolled back, and
 * throws the refusal on. An entry that cannot be written never hides the refusal.
 */
export async function auditedRefusal(ports: RefusalPorts, entry: Refused, error: unknown): Promise<never> {
  const { databases, outbox, log } = ports;
  if (error instanceof AppError && DECISIONS.has(error.code)) {
    await databases
      .of('core')
      .transaction(async (tx) => outbox.append(tx, { audit: await toldRefusal(ports, tx, entry, error) }))
      .catch((cause: unknown) => log.error({ ...entry, cause }, 'a refusal could not be audited'));
  }
  throw error;
}
