import type { CaseId, DialogId, OrderId, SessionId, ShopId, UserId } from '#shared/ids.ts';

/**
 * Stands in a notification's variables for what is looked up when it is written.
 *
 * - `user`: the name of a person
 * - `dialog`: the name of a group or channel as `for` knows it; none of a direct dialog
 * - `unread`: how many messages `for` has not read there; not worth telling when none
 * - `shop`: the name of a shop
 * - `order_items`: how many pieces were ordered
 * - `order_open`: the moment given, as long as the merchant has not confirmed the order
 * - `carrier`, `tracking`: how an order travels
 * - `device`: what a session runs on
 * - `case_reason`: what an applicant is told of a decision
 */
export type Reference =
  | { readonly $ref: 'user'; readonly id: UserId }
  | { readonly $ref: 'dialog' | 'unread'; readonly id: DialogId; readonly for: UserId }
  | { readonly $ref: 'shop'; readonly id: ShopId }
  | { readonly $ref: 'order_items' | 'carrier' | 'tracking'; readonly id: OrderId }
  | { readonly $ref: 'order_open'; readonly id: OrderId; readonly value: string }
  | { readonly $ref: 'device'; readonly id: SessionId; readonly for: UserId }
  | { readonly $ref: 'case_reason' | 'case_wanted' | 'case_tier' | 'case_expiry'; readonly id: CaseId };

export type Variables = Readonly<Record<string, unknown>>;

export function isReference(value: unknown): value is Reference {
  return typeof value === 'object' && value !== null && '$ref' in value;
}

/** The references among the variables, with the names that they stand under. */
export function referencesIn(variables: Variables): (readonly [name: string, reference: Reference])[] {
  return Object.entries(variables).flatMap(([name, value]) => (isReference(value) ? [[name, value] as const] : []));
}
