import type { TransactionId } from '#shared/ids.ts';
import { workflowId } from '#shared/workflows/command.ts';
import { DepositWorkflow } from '#shared/workflows/deposit.ts';
import { RefundWorkflow, WithdrawalWorkflow } from '#shared/workflows/payout.ts';

/** The workflows that lead transactions through a gateway, by the type of transaction. */
const LED_BY = { deposit: DepositWorkflow, withdrawal: WithdrawalWorkflow, refund: RefundWorkflow } as const;

/** The types of workflow that lead transactions. */
export const LEADING: readonly string[] = [...new Set(Object.values(LED_BY).map(({ type }) => type))];

/** The types of transaction that a workflow leads. */
export const LED: readonly string[] = Object.keys(LED_BY);

/** The id of the workflow that leads a transaction; undefined for a type that none does. */
export function workflowOf(type: string, id: TransactionId): string | undefined {
  return isLed(type) ? workflowId(LED_BY[type], id) : undefined;
}

function isLed(type: string): type is keyof typeof LED_BY {
  return type in LED_BY;
}
