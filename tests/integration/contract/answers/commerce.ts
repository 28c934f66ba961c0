import { expect, test } from 'vitest';
import { callNamed, NOBODYS } from '../calls.ts';
import { expectFault, expectRefused } from '../refused.ts';
import { type Body, done, expectFields, PATIENCE, type World } from './world.ts';

const SHOP = 'id, name, description, category, address, contact, settings, verification_status, created_at, updated_at';
const PRODUCT =
  'id, shop_id, name, description, category, price, currency, stock_quantity, sku, images, variants, status, created_at, updated_at';
const ORDER =
  'id, workflow_id, shop_id, customer_id, items, subtotal, tax_amount, shipping_cost, total_amount, currency, ' +
  'payment_status, status, shipping_address, tracking_number, notes, shipped_at, delivered_at, created_at, updated_at';
const ADDRESS = { street: '99 Sukhumvit', city: 'Bangkok', postal_code: '10110', country: 'TH' };
const PICTURE = 'https://images.example.com/one.png';

type Customer = { readonly token: string; readonly walletId: string; readonly id: string };
type Merchant = { readonly token: string; readonly shopId: string };

/** The rows of the contract's table of commerce calls. */
export function commerceAnswers(world: () => World): void {
  async function merchant(): Promise<Merchant> {
    const [seeded] = await world().seed({ users: 1, role: 'merchant' });
    return { token: seeded!.access_token, shopId: seeded!.shop_id! };
  }

  async function customer(): Promise<Customer> {
    const [seeded] = await world().seed({ users: 1, balance: '1000.00:THB' });
    return { token: seeded!.access_token, walletId: seeded!.wallet_id!, id: seeded!.user_id };
  }

  const product = (by: Merchant, facts: Body = {}) =>
    world().ask(callNamed('addProduct'), {
      token: by.token,
      body: {
        shop_id: by.shopId,
        name: 'Lamp',
        price: '100.00',
        currency: 'THB',
        stock_quantity: 5,
        images: [PICTURE],
        ...facts,
      },
    });

  async function sale() {
    const [seller, buyer] = [await merchant(), await customer()];
    const { id: productId } = (await product(seller)).body as { id: string };
    const checkout = (change: Body = {}) =>
      world().ask(callNamed('placeOrder'), {
        token: buyer.token,
        body: {
          shop_id: seller.shopId,
          items: [{ product_id: productId, quantity: 2 }],
          currency: 'THB',
          wallet_id: buyer.walletId,
          shipping_address: ADDRESS,
          ...change,
        },
      });
    const step = (name: string, by: { readonly token: string }, id: string, body?: Body) =>
      world().ask(callNamed(name), { token: by.token, params: { id }, ...(body === undefined ? {} : { body }) });
    const stock = async () => {
      const read = await done(world(), 'getProduct', 200, { token: buyer.token, params: { id: productId } });
      return read['stock_quantity'];
    };
    const balance = async () => {
      const { wallets } = (await done(world(), 'listWallets', 200, { token: buyer.token })) as { wallets: Body[] };
      return [wallets[0]!['available_balance'], wallets[0]!['frozen_balance']];
    };
    const read = (id: string) => done(world(), 'getOrder', 200, { token: buyer.token, params: { id } });
    return { seller, buyer, productId, checkout, step, stock, balance, read };
  }

  test('shops: 201 and waiting to be verified; seen by their owner, changed by PATCH, and with drafts only', async () => {
    const { token } = await customer();
    const body = { name: 'Lamps & Co', category: 'light', address: ADDRESS, contact: { email: 'a@example.com' } };
    const shop = await done(world(), 'openShop', 201, { token, body });
    expectFields(shop, SHOP);
    expect(shop).toMatchObject({ ...body, verification_status: 'pending' });
    const params = { id: String(shop['id']) };
    expect(await done(world(), 'getShop', 200, { token, params })).toEqual(shop);
    const changed = await done(world(), 'editShop', 200, { token, params, body: { description: 'Lamps' } });
    expect(changed).toMatchObject({ ...body, description: 'Lamps' });
    const list = await done(world(), 'listShops', 200, { token });
    expect(list).toMatchObject({ shops: [{ id: shop['id'] }], next_cursor: null });
    const own = { token, shopId: params.id };
    const draft = await product(own);
    expect([draft.status, (draft.body as Body)['status']]).toEqual([201, 'inactive']);
    expectRefused(await product(own, { status: 'active' }), 'CONFLICT', 'a shop that is not verified sells nothing');
    const wrong = { ...body, address: { ...ADDRESS, postal_code: '1011' } };
    expectFault(await world().ask(callNamed('openShop'), { token, body: wrong }), 'address.postal_code', '1011');
  });

  test('products: 201, read and listed by everyone without a token, filtered and sorted', async () => {
    const seller = await merchant();
    const lamp = await product(seller, { name: 'Reading lamp', category: 'light', sku: 'L-1' });
    expect(lamp.status).toBe(201);
    expectFields(lamp.body, PRODUCT);
    expect(lamp.body).toMatchObject({ shop_id: seller.shopId, price: '100.00', status: 'active', variants: [] });
    await product(seller, { name: 'Floor lamp', category: 'light', price: '300.00' });
    const listed = async (query: Record<string, string>) => {
      const { products } = (await done(world(), 'listProducts', 200, {
        query: { shop_id: seller.shopId, ...query },
      })) as {
        products: Body[];
      };
      return products.map(({ name }) => name);
    };
    expect(await listed({})).toEqual(['Floor lamp', 'Reading lamp']);
    expect(await listed({ search: 'reading' })).toEqual(['Reading lamp']);
    expect(await listed({ category: 'shade' })).toEqual([]);
    expect(await listed({ currency: 'THB', sort: 'price_asc' })).toEqual(['Reading lamp', 'Floor lamp']);
    expect(await listed({ currency: 'THB', min_price: '100.01' })).toEqual(['Floor lamp']);
    expect(await listed({ currency: 'THB', max_price: '299.99' })).toEqual(['Reading lamp']);

    const params = { id: (lamp.body as { id: string }).id };
    const token = seller.token;
    const cheaper = await done(world(), 'editProduct', 200, { token, params, body: { price: '90.00' } });
    expect(cheaper).toMatchObject({ price: '90.00', name: 'Reading lamp' });
    expectFault(await product(seller, { price: '0.00' }), 'price', 'nothing');
    expectFault(await product(seller, { price: '1.005' }), 'price', 'half a satang');
    expectFault(await product(seller, { price: '1.5', currency: 'IDR' }), 'price', 'half a rupiah');
    expectFault(await product(seller, { stock_quantity: -1 }), 'stock_quantity', 'less than nothing');
    expectFault(await product(seller, { images: ['https://10.0.0.1/a.png'] }), 'images.0', 'a private address');
    expectRefused(await product(seller, { sku: 'L-1' }), 'CONFLICT', 'a SKU that is taken');
  });

  test('an order: placed, confirmed, shipped, delivered, reviewed, returned; each step by whom it belongs to', async () => {
    const { seller, buyer, productId, checkout, step, stock, balance, read } = await sale();
    const placed = await checkout({ notes: 'ring twice' });
    expect(placed.status).toBe(201);
    expectFields(placed.body, ORDER);
    const { id } = placed.body as { id: string };
    expect(placed.body).toMatchObject({
      workflow_id: `order-${id}`,
      customer_id: buyer.id,
      items: [{ product_id: productId, quantity: 2, unit_price: '100.00', total_price: '200.00' }],
      subtotal: '200.00',
      total_amount: '200.00',
      currency: 'THB',
      status: 'pending',
      payment_status: 'pending',
      shipping_address: ADDRESS,
      notes: 'ring twice',
    });
    expect(await stock()).toBe(3);
    const tooMany = await checkout({ items: [{ product_id: productId, quantity: 4 }] });
    expectRefused(tooMany, 'OUT_OF_STOCK', 'four of three');
    await expect.poll(balance, PATIENCE).toEqual(['800.00', '200.00']);

    expectRefused(await step('confirmOrder', buyer, id), 'FORBIDDEN', 'the customer confirms');
    expectRefused(await step('shipOrder', buyer, id), 'FORBIDDEN', 'the customer ships');
    expectRefused(await step('shipOrder', seller, id), 'CONFLICT', 'shipping what is not confirmed');
    expectRefused(await step('deliverOrder', buyer, id), 'CONFLICT', 'delivering what is not shipped');
    const review = { order_id: id, rating: 5, text: 'It shines' };
    const early = await world().ask(callNamed('reviewProduct'), {
      token: buyer.token,
      params: { id: productId },
      body: review,
    });
    expectRefused(early, 'CONFLICT', 'a review before delivery');

    const confirmed = await step('confirmOrder', seller, id);
    expect([confirmed.status, confirmed.body]).toEqual([
      200,
      expect.objectContaining({ status: 'confirmed', payment_status: 'paid' }),
    ]);
    expect(await balance()).toEqual(['800.00', '0.00']);
    const shipped = await step('shipOrder', seller, id, { tracking_number: 'TH1', carrier: 'Kerry' });
    expect([shipped.status, shipped.body]).toEqual([
      200,
      expect.objectContaining({
        status: 'shipped',
        tracking_number: 'TH1',
        carrier: 'Kerry',
        shipped_at: expect.any(String),
      }),
    ]);
    expectRefused(await step('cancelOrder', buyer, id), 'CONFLICT', 'calling off what is on its way');
    const delivered = await step('deliverOrder', buyer, id);
    expect([delivered.status, delivered.body]).toEqual([
      200,
      expect.objectContaining({ status: 'delivered', delivered_at: expect.any(String) }),
    ]);

    const reviewed = await done(world(), 'reviewProduct', 201, {
      token: buyer.token,
      params: { id: productId },
      body: review,
    });
    expectFields(reviewed, 'id, product_id, order_id, rating, text, created_at');
    const second = await world().ask(callNamed('reviewProduct'), {
      token: buyer.token,
      params: { id: productId },
      body: review,
    });
    expectRefused(second, 'CONFLICT', 'a second review');

    const returned = await step('returnOrder', buyer, id, { reason: 'broken' });
    expect(returned.status).toBe(200);
    const refunded = await step('returnOrder', seller, id, { accepted: true });
    expect([refunded.status, refunded.body]).toEqual([
      200,
      expect.objectContaining({ status: 'refunded', payment_status: 'refunded' }),
    ]);
    expect(await balance()).toEqual(['1000.00', '0.00']);

    const story = (await done(world(), 'getOrderTimeline', 200, { token: seller.token, params: { id } })) as {
      workflow_id: string;
      events: Body[];
    };
    expect(story.workflow_id).toBe(`order-${id}`);
    for (const event of story.events) expectFields(event, 'at, step, status, attempt, actor');
    const times = story.events.map(({ at }) => String(at));
    expect(times).toEqual(times.toSorted());
    expect(story.events.filter(({ status }) => status === 'completed').map((event) => event['step'])).toEqual(
      expect.arrayContaining(['place', 'reserve', 'payment', 'confirm', 'capture', 'ship', 'deliver', 'return']),
    );
    expect(story.events.find((event) => event['step'] === 'return')).toMatchObject({
      actor: 'customer',
      reason: 'broken',
    });
    for (const [side, expected] of [
      [buyer, 'customer'],
      [seller, 'merchant'],
    ] as const) {
      const list = await done(world(), 'listOrders', 200, { token: side.token, query: { side: expected } });
      expect(list).toMatchObject({ orders: [{ id, status: 'refunded' }], next_cursor: null });
    }
    expect(await read(id)).toMatchObject({ id, status: 'refunded' });
  });

  test('an order that is called off gives money and stock back', async () => {
    const { buyer, checkout, step, stock, balance, read } = await sale();
    const { id } = (await checkout()).body as { id: string };
    await expect.poll(balance, PATIENCE).toEqual(['800.00', '200.00']);
    const cancelled = await step('cancelOrder', buyer, id, { reason: 'changed my mind' });
    expect([cancelled.status, cancelled.body]).toEqual([
      200,
      expect.objectContaining({ status: 'cancelled', payment_status: 'refunded' }),
    ]);
    await expect.poll(async () => (await read(id))['status'], PATIENCE).toBe('cancelled');
    expect([await stock(), await balance()]).toEqual([5, ['1000.00', '0.00']]);
  });

  test('an order from the wallet of someone else, or of nobody, ends without touching it', async () => {
    const { checkout, stock, read, balance } = await sale();
    const victim = await customer();
    for (const walletId of [victim.walletId, NOBODYS]) {
      const { id } = (await checkout({ wallet_id: walletId })).body as { id: string };
      await expect.poll(() => read(id), PATIENCE).toMatchObject({ status: 'cancelled', payment_status: 'failed' });
    }
    expect([await stock(), await balance()]).toEqual([5, ['1000.00', '0.00']]);
    const theirs = await done(world(), 'listWallets', 200, { token: victim.token });
    expect(theirs).toMatchObject({ wallets: [{ balance: '1000.00', frozen_balance: '0.00' }] });
  });
}
