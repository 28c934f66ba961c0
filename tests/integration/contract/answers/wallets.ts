import { expect, test } from 'vitest';
import { callNamed } from '../calls.ts';
import { expectRefused } from '../refused.ts';
import { type Body, done, PIN, proofOf, type World } from './world.ts';

/** What can be done with wallets, statements, receipts and requests for money, beyond the contract's table. */
export function walletAnswers(world: () => World): void {
  test('a wallet is frozen and unfrozen by ops, and closed and opened again by its owner', async () => {
    const [user] = await world().seed({ users: 1 });
    const [staff] = await world().seed({ users: 1, role: 'ops' });
    const { access_token: token } = user!;
    const { id } = (await done(world(), 'createWallet', 201, { token, body: { currency: 'THB' } })) as { id: string };
    const as = { token, params: { id } };
    const ops = { token: staff!.access_token, params: { id }, body: { reason: 'a stolen phone' } };
    expect(await done(world(), 'freezeWallet', 200, ops)).toMatchObject({ status: 'suspended' });
    expect(await done(world(), 'getWallet', 200, as)).toMatchObject({ status: 'suspended' });
    expectRefused(await world().ask(callNamed('closeWallet'), as), 'CONFLICT', 'a frozen wallet');
    expectRefused(await world().ask(callNamed('freezeWallet'), { ...ops, token }), 'FORBIDDEN', 'not by its owner');
    expect(await done(world(), 'unfreezeWallet', 200, ops)).toMatchObject({ status: 'active' });
    const { body: _, ...read } = ops;
    const { changes } = (await done(world(), 'readWallet', 200, read)) as { changes: Body[] };
    expect(changes.map(({ status }) => status)).toEqual(['active', 'suspended']);
    expect(await done(world(), 'closeWallet', 200, as)).toMatchObject({ status: 'closed' });
    const again = await done(world(), 'createWallet', 201, { token, body: { currency: 'THB' } });
    expect(again).toMatchObject({ id, status: 'active', is_primary: true });
  });

  test('money that is asked for is paid, and shows in the statement and on a receipt', async () => {
    const [payer] = await world().seed({ users: 1, balance: '100.00:THB', pin: PIN });
    const [asker] = await world().seed({ users: 1 });
    const asked = { payer_id: payer!.user_id, amount: '12.50', currency: 'THB', note: 'noodles' };
    const request = await done(world(), 'createMoneyRequest', 201, { token: asker!.access_token, body: asked });
    const params = { id: String(request['id']) };
    const token = payer!.access_token;
    const paying = { token, params, body: {} };
    expectRefused(await world().ask(callNamed('payMoneyRequest'), paying), 'STEP_UP_REQUIRED', 'a first payment');
    const headers = await proofOf(world(), token);
    const paid = (await world().ask(callNamed('payMoneyRequest'), { ...paying, headers })).body as Body;
    expect(paid).toMatchObject({ type: 'transfer_out', status: 'completed', amount: '12.50', reference: params.id });
    expect(await done(world(), 'getMoneyRequest', 200, { token, params })).toMatchObject({ status: 'paid' });

    const wallet = { id: payer!.wallet_id! };
    expect(await done(world(), 'getStatement', 200, { token, params: wallet })).toMatchObject({
      opening_balance: '0.00',
      closing_balance: '87.50',
      entries: [{ amount: '-12.50', balance_after: '87.50', transaction_id: paid['id'] }, { amount: '100.00' }],
      next_cursor: null,
    });
    const of = { token, params: { id: String(paid['id']) } };
    expect(await done(world(), 'getReceipt', 200, of)).toMatchObject({
      payee: { user_id: asker!.user_id },
      total: '12.50',
      description: 'noodles',
    });
    const page = await world().ask(callNamed('printReceipt'), of);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  });
}
