import { expect, test } from 'vitest';
import { z } from 'zod';
import { fieldFaults } from './field-faults.ts';

const Basket = z.strictObject({
  items: z.array(z.strictObject({ quantity: z.number() })),
  paid: z.discriminatedUnion('with', [
    z.strictObject({ with: z.literal('cash') }),
    z.strictObject({ with: z.literal('card'), number: z.string() }),
  ]),
  place: z.union([z.strictObject({ latitude: z.number() }), z.strictObject({ street: z.string(), town: z.string() })]),
});

function faultsOf(value: unknown) {
  const { error } = Basket.safeParse(value);
  return fieldFaults(error!).map(({ path }) => path);
}

test('every unknown field is named, wherever it is', () => {
  const value = {
    items: [{ quantity: 1, price: 2 }],
    paid: { with: 'cash', tip: 1, change: 2 },
    place: { latitude: 1 },
  };
  expect(faultsOf(value)).toEqual(['items.0.price', 'paid.tip', 'paid.change']);
});

test('of the branches of a union the one that fits best is told about', () => {
  expect(faultsOf({ items: [], paid: { with: 'card', number: 5 }, place: { latitude: 'x' } })).toEqual([
    'paid.number',
    'place.latitude',
  ]);
});

test('a body that is no object has its fault at the root', () => {
  expect(faultsOf(null)).toEqual(['']);
});
