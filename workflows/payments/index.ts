export { deposit } from './deposit.ts';
export { refund } from './refund.ts';
export { withdrawal } from './withdrawal.ts';
export { reconcileDue } from './reconcile-due.ts';
export { reconciliation } from './reconciliation.ts';
export { settlementRun } from './settlement-run.ts';
export { dispute } from './dispute.ts';
