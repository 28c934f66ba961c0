import { dataOf } from '#shared/events/event.ts';
import { CaseChanged } from '#shared/events/verification.ts';
import type { Variables } from '../references.ts';
import type { Mapping } from './mapping.ts';

/** What is decided about people and their shops, and what they are asked for. */
export const verificationSteps: Mapping = {
  types: [CaseChanged.type],
  wanted: (event) => {
    const change = dataOf(CaseChanged, event);
    if (change === undefined) return [];
    const { case_id: id, kind, owner_id: recipientId, shop_id: shopId, step } = change;
    const told = whatOf(id, kind, step);
    if (told === undefined) return [];
    const shop = kind === 'kyb' && told.namesShop ? { shop: { $ref: 'shop', id: shopId } } : {};
    return [
      {
        recipientId,
        originId: event.id,
        template: told.template,
        channel: 'account',
        variables: { ...told.variables, ...shop },
        data: { case_id: id, ...(shopId === null ? {} : { shop_id: shopId }) },
        priority: 'high',
      },
    ];
  },
};

type What = { readonly template: string; readonly variables: Variables; readonly namesShop?: boolean };

function whatOf(id: string, kind: 'kyc' | 'kyb', step: string): What | undefined {
  const of = (fact: string) => ({ $ref: `case_${fact}`, id });
  switch (step) {
    case 'verified':
      return kind === 'kyc'
        ? { template: 'kyc.approved', variables: { tier: of('tier') } }
        : { template: 'kyb.approved', variables: {}, namesShop: true };
    case 'rejected':
      return { template: `${kind}.rejected`, variables: { reason: of('reason') }, namesShop: true };
    case 'asked':
      return { template: 'kyc.more_needed', variables: { wanted: of('wanted') } };
    case 'reminded':
      return { template: 'kyc.expiring', variables: { document: of('document'), at: of('expiry') } };
    case 'lapsed':
      // A shop that lapses has its documents named in the reminders before.
      return kind === 'kyc' ? { template: 'kyc.lapsed', variables: { tier: of('tier') } } : undefined;
    default:
      return undefined;
  }
}
