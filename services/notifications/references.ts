import type { CaseId, DialogId, OrderId, SessionId, ShopId, UserId } from '#shared/ids.ts';

/**
 * Stands in a notification's variables for what is looked up when it is written.
 *
 * - `user`: what a person is called
 * - `dialog`: the name of a group or channel; none of a direct dialog
 * - `mention`: the name of a group or channel, until `for` has read there up to `seq`; not worth telling after
 * - `unread`: how many messages `for` has not read there; not worth telling when none
 * - `shop`: the name of a shop
 * - `order_items`, `order_total`, `order_carrier`, `order_tracking`: of an order
 * - `order_open`: `value`, as long as the merchant has yet to confirm the order; not worth telling after
 * - `device`: what a session of `for` runs on
 * - `case_tier`, `case_reason`, `case_wanted`: what an applicant asked for, is told, is still asked for
 * - `case_document`, `case_expiry`: the document that a case rests on and that runs out first, and when
 */
export type Reference =
  | { readonly $ref: 'user'; readonly id: UserId }
  | { readonly $ref: 'dialog'; readonly id: DialogId }
  | { readonly $ref: 'mention'; readonly id: DialogId; readonly for: UserId; readonly seq: number }
  | { readonly $ref: 'unread'; readonly id: DialogId; readonly for: UserId }
  | { readonly $ref: 'shop'; readonly id: ShopId }
  | { readonly $ref: 'order_items' | 'order_total' | 'order_carrier' | 'order_tracking'; readonly id: OrderId }
  | { readonly $ref: 'order_open'; readonly id: OrderId; readonly value: string }
  | { readonly $ref: 'device'; readonly id: SessionId; readonly for: UserId }
  | {
      readonly $ref: 'case_tier' | 'case_reason' | 'case_wanted' | 'case_document' | 'case_expiry';
      readonly id: CaseId;
    };

export type Variables = Readonly<Record<string, unknown>>;

export function isReference(value: unknown): value is Reference {
  return typeof value === 'object' && value !== null && '$ref' in value;
}

/** The references among the variables, with the names that they stand under. */
export function referencesIn(variables: Variables): (readonly [name: string, reference: Reference])[] {
  return Object.entries(variables).flatMap(([name, value]) => (isReference(value) ? [[name, value] as const] : []));
}
