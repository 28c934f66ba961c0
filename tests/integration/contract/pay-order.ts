import { makeOutbox } from '#infrastructure/events/outbox.ts';
import { VELOCITY_RULES } from '#services/payments/compliance/velocity-rules.ts';
import { makeCaptureOrder } from '#services/payments/order/capture-order.ts';
import { makeHoldForOrder } from '#services/payments/order/hold-for-order.ts';
import type { OrderId, TransactionId, UserId, WalletId } from '#shared/ids.ts';
import type { Contract } from './open-contract.ts';

type Sale = { readonly order: string; readonly customer: string; readonly wallet: string; readonly merchant: string };

/** Takes 10.00 baht for an order, as its workflow would. @returns the customer's payment */
export async function payOrder(
  { databases }: Pick<Contract, 'databases'>,
  { order, customer, wallet, merchant }: Sale,
): Promise<TransactionId> {
  const ports = {
    databases,
    outbox: makeOutbox(),
    clock: () => new Date(),
    people: {
      find: async (ids: readonly UserId[]) =>
        ids.map((id) => ({ id, status: 'active' as const, country: 'TH' as const, kycTier: 0 })),
    },
    checkouts: { isLimited: async () => false, categoryOf: async () => undefined },
    velocityRules: VELOCITY_RULES,
    ruleMeters: { overRule: () => undefined },
  };
  const orderId = order as OrderId;
  const held = await makeHoldForOrder(ports)({
    orderId,
    customerId: customer as UserId,
    walletId: wallet as WalletId,
    merchantId: merchant as UserId,
    amount: '10.00',
    currency: 'THB',
  });
  if (held.type !== 'held') throw new Error(held.reason);
  await makeCaptureOrder(ports)({ orderId });
  return held.transactionId;
}
