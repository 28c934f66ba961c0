import { Counter } from 'prom-client';

const overRuleTotal = new Counter({
  name: 'tchat_money_over_rule_total',
  help: 'Movements of money that went over a rule against crime, by rule and by whether they were refused or only flagged',
  labelNames: ['rule', 'outcome'],
});

/** Counts money that went over a rule. */
export function countOverRule(rule: string, outcome: 'refused' | 'flagged'): void {
  overRuleTotal.inc({ rule, outcome });
}
