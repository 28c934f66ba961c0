import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { Cursor, limit, NextCursor } from '../../http/paging.ts';
import { ShopId, UserId } from '../../ids.ts';
import { Currency, DecimalString } from '../../money.ts';
import { Country, Locale } from '../../regions.ts';
import { Timestamp } from '../../wire-time.ts';
import { PublicUrl } from '../public-url.ts';
import { prose, words } from '../text.ts';
import { checkPostcode, placeFields } from './fields.ts';

export const VERIFICATION_STATUSES = ['pending', 'verified', 'rejected'] as const;

export const ShopAddress = z.strictObject(placeFields).superRefine(checkPostcode);
export type ShopAddress = z.infer<typeof ShopAddress>;

/** How customers and we reach the shop. */
export const ShopContact = z.strictObject({
  phone: z
    .string()
    .regex(/^\+[1-9]\d{7,14}$/, 'must be in E.164 form, such as +66812345678')
    .optional(),
  email: z.email().max(254).optional(),
  website: PublicUrl.optional(),
});
export type ShopContact = z.infer<typeof ShopContact>;

/** What a shop sells in, speaks, ships to and charges; what is left out follows the shop's country. */
export const ShopSettings = z.strictObject({
  supported_currencies: z.array(Currency).min(1).max(7).optional(),
  supported_languages: z.array(Locale).min(1).max(6).optional(),
  shipping_countries: z.array(Country).min(1).max(6).optional(),
  /** One fee per order by currency, tax included; a currency without one ships free. */
  shipping_fees: z.partialRecord(Currency, DecimalString).optional(),
  /** Only a registered business charges VAT or GST. */
  tax: z.strictObject({ registered: z.boolean() }).optional(),
});
export type ShopSettings = z.infer<typeof ShopSettings>;

export const Shop = z
  .object({
    id: ShopId,
    owner_id: UserId,
    name: z.string(),
    description: z.string(),
    category: z.string().nullable(),
    country: Country,
    verification_status: z.enum(VERIFICATION_STATUSES),
    settings: z.object({
      supported_currencies: z.array(Currency),
      supported_languages: z.array(Locale),
      shipping_countries: z.array(Country),
      shipping_fees: z.partialRecord(Currency, z.string()),
      tax: z.object({ registered: z.boolean() }),
    }),
    /** For the owner and ops only. */
    contact: ShopContact.nullable().optional(),
    address: ShopAddress.nullable().optional(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'Shop' });
export type Shop = z.input<typeof Shop>;

const editable = {
  name: words(100),
  description: prose(1000).optional(),
  category: words(50).optional(),
  address: ShopAddress.optional(),
  contact: ShopContact.optional(),
  settings: ShopSettings.optional(),
};

export const OpenShopBody = z.strictObject(editable);
export type OpenShopBody = z.infer<typeof OpenShopBody>;
export const EditShopBody = z.strictObject({ ...editable, name: editable.name.optional() });
export type EditShopBody = z.infer<typeof EditShopBody>;

const byId = z.strictObject({ id: ShopId });

export const OpenShop = defineCall({
  name: 'openShop',
  method: 'POST',
  path: '/commerce/shops',
  summary: 'Open a shop. It may list drafts at once, and sells when it has been verified',
  tag: 'commerce',
  access: 'user',
  body: OpenShopBody,
  answers: { 201: Shop },
  idempotency: 'accepted',
  rate: 'write',
});

export const ListShops = defineCall({
  name: 'listShops',
  method: 'GET',
  path: '/commerce/shops',
  summary: "The caller's shops, newest first",
  tag: 'commerce',
  access: 'user',
  query: z.strictObject({ cursor: Cursor.optional(), limit: limit(20) }),
  answers: { 200: z.object({ shops: z.array(Shop), next_cursor: NextCursor }) },
  rate: 'read',
});

export const GetShop = defineCall({
  name: 'getShop',
  method: 'GET',
  path: '/commerce/shops/{id}',
  summary: 'One shop: a verified one to everybody, any other to its owner',
  tag: 'commerce',
  access: 'user',
  params: byId,
  answers: { 200: Shop },
  rate: 'read',
});

export const EditShop = defineCall({
  name: 'editShop',
  method: 'PATCH',
  path: '/commerce/shops/{id}',
  summary: 'Change a shop of the caller; settings that are left out stay',
  tag: 'commerce',
  access: 'user',
  params: byId,
  body: EditShopBody,
  answers: { 200: Shop },
  rate: 'write',
});
