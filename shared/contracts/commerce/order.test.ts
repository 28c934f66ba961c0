import { expect, test } from 'vitest';
import { newId } from '../../new-id.ts';
import { PlaceOrderBody, ReturnBody, ShippingAddress } from './order.ts';

const address = { street: '1 Silom', city: 'Bangkok', postal_code: '10500', country: 'TH' };
const item = { product_id: newId('core'), quantity: 1 };
const body = {
  shop_id: newId('core'),
  items: [item],
  currency: 'THB',
  wallet_id: newId('core'),
  shipping_address: address,
};

test.each([0, -1, 1.5, 1e9, '1', null])('a quantity of %s is refused', (quantity) => {
  expect(PlaceOrderBody.safeParse({ ...body, items: [{ ...item, quantity }] }).success).toBe(false);
});

test.each([
  ['a price of the client', { items: [{ ...item, unit_price: '0.01' }] }],
  ['a total of the client', { total_amount: '0.01' }],
  ['no items', { items: [] }],
  ['an item twice', { items: [item, item] }],
  ['a currency we do not know', { currency: 'EUR' }],
  ['a wallet and a method', { payment_method: 'promptpay' }],
  ['neither wallet nor method', { wallet_id: undefined }],
  ['a shop that is no id', { shop_id: 'mine' }],
  ['no address', { shipping_address: undefined }],
  ['a note that no database keeps', { notes: 'a\0b' }],
  ['half a character', { notes: 'a\ud800' }],
])('%s is refused', (_, change) => {
  expect(PlaceOrderBody.safeParse({ ...body, ...change }).success).toBe(false);
});

test('a note may have several lines', () => {
  expect(PlaceOrderBody.safeParse({ ...body, notes: 'second floor\n3rd door 🚪' }).success).toBe(true);
});

test('a checkout in order is taken, and the same product in two variants is two items', () => {
  expect(PlaceOrderBody.safeParse(body).success).toBe(true);
  const items = [item, { ...item, variant_id: newId('core') }];
  expect(PlaceOrderBody.safeParse({ ...body, items }).success).toBe(true);
});

test('a postcode must be one of its country, and Vietnam needs none', () => {
  expect(ShippingAddress.safeParse({ ...address, postal_code: '1050' }).success).toBe(false);
  expect(ShippingAddress.safeParse({ ...address, postal_code: undefined }).success).toBe(false);
  expect(ShippingAddress.safeParse({ ...address, country: 'PH', postal_code: '1050' }).success).toBe(true);
  expect(ShippingAddress.safeParse({ ...address, country: 'VN', postal_code: undefined }).success).toBe(true);
});

test('a return is accepted or not yet, never refused in silence', () => {
  expect(ReturnBody.safeParse({ accepted: false }).success).toBe(false);
  expect(ReturnBody.safeParse({ accepted: true }).success).toBe(true);
  expect(ReturnBody.safeParse(undefined).success).toBe(true);
});
