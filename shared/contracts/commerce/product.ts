import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { Cursor, limit, NextCursor } from '../../http/paging.ts';
import { ProductId, ShopId, VariantId } from '../../ids.ts';
import { Currency, DecimalString } from '../../money.ts';
import { Timestamp } from '../../wire-time.ts';
import { PublicUrl } from '../public-url.ts';
import { prose, words } from '../text.ts';
import { Attributes, Quantity } from './fields.ts';

export const PRODUCT_STATUSES = ['active', 'inactive', 'out_of_stock'] as const;

/** What a merchant may set; `out_of_stock` follows from the stock. */
const SettableStatus = z.enum(['active', 'inactive']);

const SignedDecimal = z.string().regex(/^-?(0|[1-9]\d{0,14})(\.\d{1,6})?$/, 'must be a decimal string such as "-5.00"');

const Sku = words(64);

const VariantBody = z.strictObject({
  /** Of a variant that exists and is to be kept; a new one has none. */
  id: VariantId.optional(),
  name: words(100),
  sku: Sku.optional(),
  price_adjustment: SignedDecimal.default('0'),
  stock_quantity: Quantity,
  attributes: Attributes.optional(),
});
export type VariantBody = z.infer<typeof VariantBody>;

export const Variant = z.object({
  id: VariantId,
  name: z.string(),
  sku: z.string().nullable(),
  price_adjustment: z.string(),
  stock_quantity: z.number().int(),
  attributes: Attributes,
});

export const Product = z
  .object({
    id: ProductId,
    shop_id: ShopId,
    name: z.string(),
    description: z.string(),
    category: z.string().nullable(),
    brand: z.string().nullable(),
    sku: z.string().nullable(),
    price: z.string(),
    currency: Currency,
    /** What can still be bought of the product itself; each variant has its own. */
    stock_quantity: z.number().int(),
    status: z.enum(PRODUCT_STATUSES),
    images: z.array(z.string()),
    attributes: Attributes,
    variants: z.array(Variant),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'Product' });
export type Product = z.input<typeof Product>;

const details = {
  name: words(200),
  description: prose(5000).optional(),
  category: words(50).optional(),
  brand: words(100).optional(),
  sku: Sku.optional(),
  images: z.array(PublicUrl).max(20).optional(),
  attributes: Attributes.optional(),
  variants: z.array(VariantBody).max(100).optional(),
  status: SettableStatus.optional(),
};

export const AddProductBody = z.strictObject({
  shop_id: ShopId,
  ...details,
  price: DecimalString,
  currency: Currency,
  stock_quantity: Quantity,
});
export type AddProductBody = z.infer<typeof AddProductBody>;

export const EditProductBody = z.strictObject({
  ...details,
  name: details.name.optional(),
  price: DecimalString.optional(),
  currency: Currency.optional(),
  stock_quantity: Quantity.optional(),
});
export type EditProductBody = z.infer<typeof EditProductBody>;

export const PRODUCT_SORTS = ['newest', 'price_asc', 'price_desc'] as const;

export const ProductQuery = z
  .strictObject({
    search: words(100).optional(),
    category: words(50).optional(),
    currency: Currency.optional(),
    shop_id: ShopId.optional(),
    min_price: DecimalString.optional(),
    max_price: DecimalString.optional(),
    sort: z.enum(PRODUCT_SORTS).default('newest'),
    cursor: Cursor.optional(),
    limit: limit(20),
  })
  .superRefine((query, context) => {
    const byPrice = query.min_price !== undefined || query.max_price !== undefined || query.sort !== 'newest';
    if (!byPrice || query.currency !== undefined) return;
    context.addIssue({ code: 'custom', path: ['currency'], message: 'is needed to compare prices' });
  });
export type ProductQuery = z.infer<typeof ProductQuery>;

const byId = z.strictObject({ id: ProductId });

export const AddProduct = defineCall({
  name: 'addProduct',
  method: 'POST',
  path: '/commerce/products',
  summary: 'Add a product to a shop of the caller; without a status it is active if it can be sold, else a draft',
  tag: 'commerce',
  access: 'user',
  body: AddProductBody,
  answers: { 201: Product },
  refuses: ['NOT_FOUND'],
  idempotency: 'accepted',
  rate: 'write',
});

export const EditProduct = defineCall({
  name: 'editProduct',
  method: 'PATCH',
  path: '/commerce/products/{id}',
  summary: 'Change a product of the caller; variants, when given, replace those it has',
  tag: 'commerce',
  access: 'user',
  params: byId,
  body: EditProductBody,
  answers: { 200: Product },
  rate: 'write',
});

export const GetProduct = defineCall({
  name: 'getProduct',
  method: 'GET',
  path: '/commerce/products/{id}',
  summary: 'One product: what is on sale to everybody, a draft to its owner',
  tag: 'commerce',
  access: 'user',
  params: byId,
  answers: { 200: Product },
  rate: 'read',
});

export const ListProducts = defineCall({
  name: 'listProducts',
  method: 'GET',
  path: '/commerce/products',
  summary: 'What is on sale in verified shops',
  tag: 'commerce',
  access: 'public',
  query: ProductQuery,
  answers: { 200: z.object({ products: z.array(Product), next_cursor: NextCursor }) },
  rate: 'read',
});
