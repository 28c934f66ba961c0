import { randomUUID } from 'node:crypto';
import { setPin, stepUp } from '#shared/contracts/auth/step-up.ts';
import { createDeposit } from '#shared/contracts/payments/deposits.ts';
import { getTransaction } from '#shared/contracts/payments/history.ts';
import { createTransfer } from '#shared/contracts/payments/transfers.ts';
import { createWallet, listWallets } from '#shared/contracts/payments/wallets.ts';
import { AppError } from '#shared/errors.ts';
import type { WalletId } from '#shared/ids.ts';
import { until } from '../patience.ts';
import { mustBe, type Teller } from '../teller.ts';
import type { Person, World } from '../world.ts';

const PIN = '246810';

/** Someone fills a wallet through PromptPay and pays a friend. */
export async function pay(world: World, tell: Teller, nok: Person, chai: Person): Promise<WalletId> {
  tell.chapter('A wallet, a PromptPay deposit, a transfer');
  const { body: wallet } = await nok.client.call(createWallet, { body: { currency: 'THB' } });
  await deposit(world, tell, nok, wallet.id);
  await transfer(tell, nok, chai, wallet.id);
  mustBe(await balanceOf(nok), '880.00', `${nok.name}'s balance`);
  mustBe(await balanceOf(chai), '120.00', `${chai.name}'s balance`);
  tell.shows(`${nok.name} has 880.00 THB, ${chai.name} has 120.00 THB`);
  return wallet.id;
}

async function deposit(world: World, tell: Teller, nok: Person, walletId: WalletId): Promise<void> {
  const { body: asked } = await nok.client.call(createDeposit, {
    params: { id: walletId },
    body: { amount: '1000.00', payment_method: 'promptpay' },
    idempotencyKey: randomUUID(),
  });
  tell.does(nok.name, `wants to put in 1000.00 THB: ${asked.status}`);
  tell.shows(`PromptPay QR ${asked.qr_code ?? ''}`);
  await until('the gateway knows the charge', async () => {
    const response = await fetch(`${world.sandboxUrl}/sandbox/charges?reference=${asked.id}`);
    const charges = (await response.json()) as unknown[];
    return charges.length > 0 || undefined;
  });
  await fetch(`${world.sandboxUrl}/sandbox/charges/${asked.id}/settle`, { method: 'POST' });
  tell.does(nok.name, 'scans it with a banking app; the gateway sends its signed webhook');
  const status = await until('the deposit is completed', async () => {
    const { body } = await nok.client.call(getTransaction, { params: { id: asked.id } });
    return body.status === 'pending' ? undefined : body.status;
  });
  mustBe(status, 'completed', 'the deposit');
  tell.shows('completed, and posted to the ledger once');
  tell.link('workflow', world.workflowUrl(`payment-${asked.id}`));
}

async function transfer(tell: Teller, nok: Person, chai: Person, walletId: WalletId): Promise<void> {
  const send = (idempotencyKey: string, stepUpToken?: string) =>
    nok.client.call(createTransfer, {
      body: { wallet_id: walletId, recipient_id: chai.id, amount: '120.00', currency: 'THB', description: 'noodles' },
      idempotencyKey,
      ...(stepUpToken === undefined ? {} : { stepUpToken }),
    });
  const refused = await send(randomUUID()).catch((error: unknown) => error);
  mustBe(refused instanceof AppError && refused.code, 'STEP_UP_REQUIRED', 'a first payment without a PIN');
  tell.does(nok.name, `sends 120.00 THB to ${chai.name}, who was never paid before: refused without a PIN`);
  await nok.client.call(setPin, { body: { pin: PIN } });
  const { body: proof } = await nok.client.call(stepUp, { body: { pin: PIN } });
  const key = randomUUID();
  const { body: first } = await send(key, proof.step_up_token);
  const { body: again } = await send(key, proof.step_up_token);
  mustBe(again.id, first.id, 'the transfer under the same key');
  tell.does(nok.name, 'sends it with a PIN, twice with the same Idempotency-Key: one transfer');
}

export async function balanceOf({ client }: Person): Promise<string | undefined> {
  const { body } = await client.call(listWallets, {});
  return body.wallets.find((wallet) => wallet.currency === 'THB')?.available_balance;
}
