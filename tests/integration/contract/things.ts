import { expect } from 'vitest';
import { callNamed } from './calls.ts';
import { EXAMPLES, type JsonObject } from './examples.ts';
import type { Ask } from './ask.ts';
import { PIN, type Contract, type Person } from './open-contract.ts';

/** What three people have, as far as others may not see it: `mine` is mine, `theirs` is someone else's. */
export type Things = Awaited<ReturnType<typeof makeThings>>;

/** Lets three people make what a person can have, by the calls of the contract. */
export async function makeThings(contract: Contract) {
  const [me, them, seller] = (await contract.people(3, { pin: PIN })) as [Person, Person, Person];
  const [shopOnSale] = await contract.shops([seller]);
  await contract.wallets([me, them]);

  async function make(name: string, { token }: Person, sent: Ask): Promise<{ readonly id: string } & JsonObject> {
    const answer = await contract.ask(callNamed(name), { token, ...sent });
    expect({ name, status: answer.status }, answer.text).toEqual({ name, status: 201 });
    return answer.body as { readonly id: string } & JsonObject;
  }

  const drawing = EXAMPLES['addProduct']![0]!.body;
  const { id: _, ...variant } = (drawing['variants'] as JsonObject[])[0]!;
  const onSale = await make('addProduct', seller, {
    body: { ...drawing, shop_id: shopOnSale!, variants: [{ ...variant, stock_quantity: 100 }], status: 'active' },
  });

  /** One of everything that is its owner's alone. */
  async function belongings(owner: Person, friend: Person) {
    const { id: dialog } = await make('openDialog', owner, { body: { type: 'direct', participant_ids: [friend.id] } });
    const { id: channel } = await make('openDialog', owner, { body: { type: 'channel', name: 'News' } });
    const { id: message } = await make('sendMessage', owner, {
      params: { id: dialog },
      body: { message_type: 'text', content: 'between us' },
    });
    const { media_id: media } = await make('uploadMedia', owner, {
      query: { purpose: 'message' },
      body: 'only for my eyes',
    });
    const wallets = await contract.ask(callNamed('listWallets'), { token: owner.token });
    const [wallet] = (wallets.body as { wallets: { id: string }[] }).wallets;
    const { id: transaction } = await make('createDeposit', owner, {
      params: { id: wallet!.id },
      body: { amount: '100.00', payment_method: 'promptpay' },
    });
    const { quote_id: quote } = await make('createQuote', owner, { body: { from: 'THB', to: 'USD', amount: '10.00' } });
    const { id: shop } = await make('openShop', owner, { body: EXAMPLES['openShop']![0]!.body });
    const product = await make('addProduct', owner, { body: { ...drawing, shop_id: shop, variants: [variant] } });
    const { id: order } = await make('placeOrder', owner, { body: checkout(wallet!.id) });
    const { id: notification } = await make('createNotification', owner, {
      body: { recipient_id: owner.id, template: 'account.restored', type: 'in_app' },
    });
    const { id: device } = await make('registerPushDevice', owner, {
      body: { platform: 'fcm', token: `a-token-of-${owner.id}` },
    });
    const { id: asked } = await make('createMoneyRequest', friend, {
      body: { payer_id: owner.id, amount: '10.00', currency: 'THB' },
    });
    const request = await contract.ask(callNamed('requestExport'), { token: owner.token });
    const sessions = await contract.ask(callNamed('listSessions'), { token: owner.token });
    const [session] = (sessions.body as { sessions: { id: string }[] }).sessions;
    return {
      dialog,
      channel,
      message,
      media: media as string,
      wallet: wallet!.id,
      transaction,
      quote: quote as string,
      asked,
      shop,
      product: product.id,
      variant: variantOf(product),
      order,
      session: session!.id,
      notification,
      device,
      request: (request.body as { id: string }).id,
    };
  }

  async function caseOf({ token }: Person): Promise<string> {
    const documents = [{ type: 'national_id', number: '3100600445635', country: 'TH' }];
    const body = { tier: 1, full_name: 'Nok Jaidee', date_of_birth: '1990-05-17', documents };
    const taken = await contract.ask(callNamed('submitKyc'), { token, body });
    expect(taken.status, taken.text).toBe(202);
    return (taken.body as { case_id: string }).case_id;
  }

  function checkout(walletId: string): JsonObject {
    return {
      ...EXAMPLES['placeOrder']![0]!.body,
      shop_id: shopOnSale!,
      items: [{ product_id: onSale.id, variant_id: variantOf(onSale), quantity: 1 }],
      wallet_id: walletId,
    };
  }

  return {
    me,
    them,
    sellers: { person: seller, shop: shopOnSale!, case: await caseOf(seller) },
    onSale: { shop: shopOnSale!, product: onSale.id, variant: variantOf(onSale) },
    mine: await belongings(me, seller),
    theirs: await belongings(them, seller),
    checkout,
  };
}

function variantOf(product: JsonObject): string {
  return (product['variants'] as { id: string }[])[0]!.id;
}
