import { Gauge } from 'prom-client';
import type { LedgerLook } from '#services/payments/reconciliation/look-at-ledger.ts';
import { DECIMALS, type Currency } from '#shared/money.ts';
import { SECOND } from '#shared/time.ts';

const wrong = new Gauge({
  name: 'tchat_ledger_wrong',
  help: 'Accounts, hold accounts and currencies whose sums are not right; anything above zero is for a person, at once',
  labelNames: ['what'],
});
const lookedAt = new Gauge({
  name: 'tchat_ledger_looked_at_seconds',
  help: 'When the ledger was last looked at from within, in Unix seconds',
});
const houseBalance = new Gauge({
  name: 'tchat_house_balance',
  help: 'Clearing and suspense accounts of gateways, in whole units of the currency; below zero is owed to us',
  labelNames: ['account', 'gateway', 'currency'],
});
const findings = new Gauge({
  name: 'tchat_reconciliation_findings',
  help: 'What does not agree between gateways, ledger and workflows, and waits for people',
  labelNames: ['gateway', 'kind'],
});
const oldestFinding = new Gauge({
  name: 'tchat_reconciliation_finding_oldest_seconds',
  help: 'Age of the oldest finding that waits',
  labelNames: ['gateway', 'kind'],
});
const finishedAt = new Gauge({
  name: 'tchat_reconciliation_finished_at_seconds',
  help: 'When a day of the gateway was last reconciled, in Unix seconds',
  labelNames: ['gateway'],
});

/** Shows what the ledger was like at a look. */
export function showLedger(look: LedgerLook, now: Date): void {
  wrong.set({ what: 'account' }, look.wrongAccounts);
  wrong.set({ what: 'hold' }, look.wrongHolds);
  wrong.set({ what: 'currency' }, look.wrongCurrencies);
  lookedAt.set(now.getTime() / SECOND);
  for (const { kind, gateway, currency, balance } of look.house) {
    const account = kind === 'gateway_clearing' ? 'clearing' : 'suspense';
    houseBalance.set({ account, gateway, currency }, Number(balance) / 10 ** DECIMALS[currency as Currency].minor);
  }
  // A kind of which nothing waits any more has no row.
  findings.reset();
  oldestFinding.reset();
  for (const { gateway, kind, count, oldest } of look.findings) {
    findings.set({ gateway, kind }, count);
    oldestFinding.set({ gateway, kind }, (now.getTime() - oldest.getTime()) / SECOND);
  }
  for (const { gateway, finished_at: at } of look.runs) finishedAt.set({ gateway }, at.getTime() / SECOND);
}
