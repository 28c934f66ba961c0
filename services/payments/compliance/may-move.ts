import type { Tx } from '#shared/sql.ts';
import type { PaymentsPorts } from '../ports.ts';
import { audited } from '../told.ts';
import { raiseAlerts } from './alert-store.ts';
import { judgeMovements, type Movement, movementRefusal } from './judge-movements.ts';

type Ports = Pick<PaymentsPorts, 'outbox' | 'velocityRules' | 'ruleMeters'>;

/**
 * Lets one movement pass, or throws what its sender is told. What a rule flags is put on the list of ops in the same
 * transaction; what one refuses is put there by the audit of the refusal, since this transaction ends with it.
 *
 * Call it before the ledger is posted to.
 *
 * @throws {AppError} LIMIT_EXCEEDED; CONFLICT for a barred sender, NOT_FOUND for a barred payee
 */
export async function assertMayMove(ports: Ports, tx: Tx, movement: Movement, at: Date): Promise<void> {
  const [judgement] = await judgeMovements(tx, [movement], at, ports.velocityRules);
  const refusal = movementRefusal(judgement!, movement.userId);
  if (refusal !== undefined) throw refusal;
  if (judgement!.verdict === 'flagged') await tellFlagged(ports, tx, movement, judgement!.rules, at);
}

/** Shows ops a movement that went through over rules which only flag. */
export async function tellFlagged(
  { outbox, ruleMeters }: Ports,
  tx: Tx,
  { userId }: Pick<Movement, 'userId'>,
  rules: readonly string[],
  at: Date,
): Promise<void> {
  for (const rule of rules) ruleMeters.overRule(rule, 'flagged');
  const raised = await raiseAlerts(tx, userId, rules, 'flagged', at);
  await outbox.append(tx, {
    audit: raised.map(({ id, rule, times }) =>
      audited({ actor: userId, action: 'payments.flagged', subject: id, facts: { rule, times } }),
    ),
  });
}
