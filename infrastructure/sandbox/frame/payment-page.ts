import { formatMoney } from '#shared/money.ts';
import type { Charge } from './charges.ts';

/** Stands for the bank's page: two buttons that pay or decline through the sandbox's own calls. */
export function paymentPage(charge: Charge): string {
  const amount = `${formatMoney(charge.money)} ${charge.money.currency}`;
  const button = (end: string, label: string) =>
    `<form method="post" action="/sandbox/charges/${encodeURIComponent(charge.reference)}/${end}"><button>${label}</button></form>`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Sandbox bank</title>
<h1>Sandbox bank</h1>
<p>You are asked to pay ${amount}. The charge is ${charge.status}.</p>
${button('settle', `Pay ${amount}`)}
${button('fail', 'Decline')}
</html>
`;
}
