import { deviceOf } from '#services/auth/device-of.ts';
import { findPeople } from '#services/auth/people.ts';
import { findRecipients } from '#services/auth/recipients.ts';
import { findOrder, type OrderRow } from '#services/commerce/store/order-store.ts';
import { findShop } from '#services/commerce/store/shop-store.ts';
import { haveRead, namesOfDialogs, unreadOf } from '#services/messaging/dialog-facts.ts';
import { type Facts, NOT_WORTH_TELLING } from '#services/notifications/ports.ts';
import type { Reference } from '#services/notifications/references.ts';
import { caseFacts, expiringDocument } from '#services/verification/case-facts.ts';
import { unreachable } from '#shared/errors.ts';
import type { CaseId, DialogId, OrderId, ShopId, UserId } from '#shared/ids.ts';
import { formatMoney } from '#shared/money.ts';
import { openKeyManagement } from '#infrastructure/keys/open-key-management.ts';
import type { Ground } from './ground.main.ts';

/** What someone is called who has not said, or is gone. */
const NAMELESS = 'Tchat';

/** What the other domains know by the ids in notifications: one question a kind, however many ask. */
export function makeFacts({ databases, config }: Pick<Ground, 'databases' | 'config'>): Facts {
  const keyManagement = openKeyManagement(config);

  async function namesOf(ids: readonly UserId[]): Promise<ReadonlyMap<UserId, string>> {
    const people = ids.length === 0 ? [] : await findPeople(databases, ids);
    const named = new Map(people.map(({ id, displayName }) => [id, displayName.trim()]));
    const nameless = ids.filter((id) => named.get(id) === '');
    const numbers = nameless.length === 0 ? undefined : await findRecipients(databases, nameless);
    // As a contact without a name is shown: the end of the number.
    for (const id of nameless) named.set(id, endOf(numbers?.get(id)?.phone) ?? NAMELESS);
    return named;
  }

  async function ordersOf(ids: readonly OrderId[]): Promise<ReadonlyMap<OrderId, OrderRow>> {
    const found = await Promise.all(ids.map((id) => findOrder(databases.of('core'), id)));
    return new Map(found.flatMap((order) => (order === undefined ? [] : [[order.id, order] as const])));
  }

  async function shopsOf(ids: readonly ShopId[]): Promise<ReadonlyMap<ShopId, string>> {
    const found = await Promise.all(ids.map((id) => findShop(databases.of('core'), id)));
    return new Map(found.flatMap((shop) => (shop === undefined ? [] : [[shop.id, shop.name] as const])));
  }

  const caseOf = (id: CaseId) => caseFacts({ databases }, id);

  return {
    lookUp: async (references) => {
      const idsOf = <Id>(...kinds: readonly Reference['$ref'][]) =>
        [...new Set(references.filter(({ $ref }) => kinds.includes($ref)).map(({ id }) => id))] as Id[];
      const orderIds = idsOf<OrderId>('order_items', 'order_total', 'order_carrier', 'order_tracking', 'order_open');
      const reading = references.flatMap((one) =>
        one.$ref === 'unread' ? [{ dialogId: one.id, userId: one.for }] : [],
      );
      const mentioned = references.flatMap((one) =>
        one.$ref === 'mention' ? [{ dialogId: one.id, userId: one.for, seq: one.seq }] : [],
      );
      const [names, dialogs, shops, orders, unread, read] = await Promise.all([
        namesOf(idsOf<UserId>('user')),
        namesOfDialogs(databases, idsOf<DialogId>('dialog', 'mention')),
        shopsOf(idsOf<ShopId>('shop')),
        ordersOf(orderIds),
        unreadOf(databases, reading),
        haveRead(databases, mentioned),
      ]);
      const unreadIn = new Map(reading.map((one, at) => [`${one.dialogId} ${one.userId}`, unread[at]!]));

      const readMentions = new Set(mentioned.filter((_, at) => read[at]).map(mentionName));

      const answer = async (reference: Reference): Promise<unknown> => {
        switch (reference.$ref) {
          case 'user':
            return names.get(reference.id) ?? NAMELESS;
          case 'dialog':
            return dialogs.get(reference.id);
          case 'mention': {
            const isRead = readMentions.has(
              mentionName({ ...reference, dialogId: reference.id, userId: reference.for }),
            );
            return isRead ? NOT_WORTH_TELLING : dialogs.get(reference.id);
          }
          case 'unread':
            return unreadIn.get(`${reference.id} ${reference.for}`) || NOT_WORTH_TELLING;
          case 'shop':
            return shops.get(reference.id) ?? NAMELESS;
          case 'device':
            return await deviceOf(databases, reference.for, reference.id);
          case 'order_items':
          case 'order_total':
          case 'order_carrier':
          case 'order_tracking':
          case 'order_open':
            return ofOrder(orders.get(reference.id), reference);
          case 'case_tier':
            return (await caseOf(reference.id))?.tier;
          case 'case_reason':
            return (await caseOf(reference.id))?.reason;
          case 'case_wanted':
            return (await caseOf(reference.id))?.wanted ?? NOT_WORTH_TELLING;
          case 'case_document':
            return (await expiringDocument({ databases, keyManagement }, reference.id)) ?? NOT_WORTH_TELLING;
          case 'case_expiry':
            return (await caseOf(reference.id))?.expiresAt ?? NOT_WORTH_TELLING;
          default:
            return unreachable(reference);
        }
      };
      return await Promise.all(references.map(answer));
    },
  };
}

type Mention = { readonly dialogId: DialogId; readonly userId: UserId; readonly seq: number };

function mentionName({ dialogId, userId, seq }: Mention): string {
  return `${dialogId} ${userId} ${seq}`;
}

type OrderReference = Extract<Reference, { readonly $ref: `order_${string}` }>;

function ofOrder(order: OrderRow | undefined, reference: OrderReference): unknown {
  if (order === undefined) return NOT_WORTH_TELLING;
  switch (reference.$ref) {
    case 'order_items':
      return order.items.reduce((sum, { quantity }) => sum + quantity, 0);
    case 'order_total':
      return { amount: formatMoney({ minor: order.total, currency: order.currency }), currency: order.currency };
    case 'order_carrier':
      return order.carrier ?? undefined;
    case 'order_tracking':
      return order.tracking_number ?? undefined;
    case 'order_open':
      return order.status === 'pending' && order.payment_status !== 'failed' ? reference.value : NOT_WORTH_TELLING;
    default:
      return unreachable(reference);
  }
}

function endOf(phone: string | undefined): string | undefined {
  return phone === undefined ? undefined : `…${phone.slice(-4)}`;
}
