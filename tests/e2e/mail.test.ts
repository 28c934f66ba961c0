import { afterAll, beforeAll, expect, test } from 'vitest';
import { CreateNotification } from '#shared/contracts/notifications/create.ts';
import { GetEmail, SetEmail } from '#shared/contracts/notifications/email.ts';
import { GetNotification } from '#shared/contracts/notifications/inbox.ts';
import { FindSuppressions } from '#shared/contracts/notifications/suppressions.ts';
import type { TchatClient } from '#client/tchat-client.ts';
import { until } from '#tests/chaos/patience.ts';
import type { Resident } from '#tests/chaos/town.ts';
import { seed } from '#tests/harness/seed.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
let ops: TchatClient;
beforeAll(async () => {
  stage = await openStage();
  const [account] = await seed(stage.cluster.env, { users: 1, role: 'ops' });
  ops = stage.town.clientOf({ tokens: { ...account!, expires_in: 3_600 } });
});
afterAll(() => stage[Symbol.asyncDispose]());

type Mail = { readonly subject: string; readonly text: string; readonly headers: Readonly<Record<string, string>> };

async function mailsTo(address: string): Promise<Mail[]> {
  const response = await fetch(`${stage.cluster.sandboxUrl}/sandbox/inbox?to=${encodeURIComponent(address)}`);
  return (await response.json()) as Mail[];
}

/** Names an address, and presses the button behind the link in the mail that asks. */
async function reads(resident: Resident, address: string): Promise<void> {
  await resident.client.call(SetEmail, { body: { address } });
  const mails = await until('the mail that asks has come', async () => {
    const come = await mailsTo(address);
    return come.length > 0 && come;
  });
  const link = /https?:\/\/\S+token=[\w.-]+/.exec(mails[0]!.text)?.[0] ?? '';
  expect((await fetch(link, { method: 'POST' })).status).toBe(200);
}

async function notify(resident: Resident): Promise<string> {
  const { body } = await ops.call(CreateNotification, {
    body: { recipient_id: resident.id, template: 'payments.refund_received', variables: MONEY, type: 'email' },
  });
  return body.id;
}

const MONEY = { amount: { amount: '100.00', currency: 'THB' } } as const;

async function statusOf(id: string, wanted: string) {
  return await until(`it is ${wanted}`, async () => {
    const { body } = await ops.call(GetNotification, { params: { id } });
    return body.status === wanted && body;
  });
}

test('a mail goes to the address that was confirmed, is known to have arrived, and can be ended in one click', async () => {
  const [nok] = (await stage.town.residents(1, '0.00')) as [Resident];
  const address = 'nok@mail.example';
  await reads(nok, address);
  expect((await nok.client.call(GetEmail, {})).body).toMatchObject({ address, pending: null });
  await statusOf(await notify(nok), 'delivered');
  const [mail] = await mailsTo(address);
  expect(mail!.text).toContain('100');
  const unsubscribe = /<(.*)>/.exec(mail!.headers['list-unsubscribe']!)![1]!;
  const oneClick = { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) };
  expect((await fetch(unsubscribe, oneClick)).status).toBe(200);
  const refused = await ops.call(CreateNotification, {
    body: { recipient_id: nok.id, template: 'payments.refund_received', variables: MONEY, types: ['email', 'in_app'] },
  });
  expect(JSON.stringify(refused.body)).toContain('switched_off');
});

test('a mail that bounces has failed, and its address is written to no more', async () => {
  const [chai] = (await stage.town.residents(1, '0.00')) as [Resident];
  const address = 'bounce-chai@mail.example';
  // The mail that asks bounces already, though its link was followed: an address may end at any time.
  await reads(chai, address);
  await until('the bounce is known', async () => {
    const { body } = await ops.call(FindSuppressions, { body: { address } });
    return body.suppressions.some(({ reason }) => reason === 'hard_bounce');
  });
  const failed = await statusOf(await notify(chai), 'failed');
  expect(failed.reason).toBe('suppressed');
});
