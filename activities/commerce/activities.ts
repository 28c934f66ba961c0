import type { CommerceService } from '#services/commerce/service.ts';
import type { ShopId } from '#shared/ids.ts';
import type { OrderMark, StepBy } from '#shared/workflows/order.ts';
import type { Standing } from '#shared/workflows/case.ts';
import { withFailures } from '../failure.ts';

type OfOrder = { readonly orderId: string };
type Asked = OfOrder & { readonly by: StepBy };
/** How many calls the payment took. */
type Paid = { readonly attempt: number };

/** How an order that is called off stands with the customer's money. */
export type MoneyBack = 'given back' | 'never taken';

/**
 * What an order's workflow writes into the order. Each is one transaction of status, story and events, and writing it
 * again changes nothing. They run in the worker of the workflow itself, as local activities.
 */
export function makeCommerceActivities({
  recordStep,
  setVerification,
}: Pick<CommerceService, 'recordStep' | 'setVerification'>) {
  return withFailures({
    /** What verification says of a shop; a step of its case, on this queue. */
    setShopVerification: async ({ subjectId, shopStatus, version }: Standing): Promise<void> => {
      if (shopStatus !== null) await setVerification({ shopId: subjectId as ShopId, status: shopStatus, version });
    },

    awaitConfirmation: ({ orderId, attempt }: OfOrder & Paid): Promise<OrderMark> =>
      recordStep(orderId, { step: 'hold', attempt }),

    /** The merchant accepted, the payment is captured, and packing starts. */
    confirmOrder: ({ orderId, by, attempt }: Asked & Paid): Promise<OrderMark> =>
      recordStep(orderId, { step: 'confirm', by, attempt }, { step: 'pack' }),

    shipOrder: ({ orderId, ...ship }: Asked & { trackingNumber?: string; carrier?: string }): Promise<OrderMark> =>
      recordStep(orderId, { step: 'ship', ...ship }),

    deliverOrder: ({ orderId, ...deliver }: Asked & { reason?: string }): Promise<OrderMark> =>
      recordStep(orderId, { step: 'deliver', ...deliver }),

    closeSettledOrder: ({ orderId, attempt }: OfOrder & Paid): Promise<OrderMark> =>
      recordStep(orderId, { step: 'settle', attempt }),

    openReturn: ({ orderId, by }: Asked): Promise<OrderMark> => recordStep(orderId, { step: 'openReturn', by }),

    closeRefundedOrder: ({ orderId, by, attempt }: Asked & Paid): Promise<OrderMark> =>
      recordStep(orderId, { step: 'refund', by, attempt }),

    /** Nobody is paid: the customer has got everything back. */
    closeGivenBackOrder: ({ orderId, attempt }: OfOrder & Paid): Promise<OrderMark> =>
      recordStep(orderId, { step: 'givenBack', attempt }),

    startCancelling: ({ orderId, ...cancel }: Asked & { reason?: string }): Promise<OrderMark> =>
      recordStep(orderId, { step: 'startCancel', ...cancel }),

    /** Puts the stock back, too. */
    cancelOrder: ({ orderId, ...cancel }: Asked & Paid & { payment: MoneyBack; reason?: string }): Promise<OrderMark> =>
      recordStep(orderId, { step: 'cancel', ...cancel }),

    /** Tells the story of a call that failed and will be made again. */
    noteFailure: ({ orderId, ...failure }: OfOrder & Paid & { of: string; reason: string }): Promise<OrderMark> =>
      recordStep(orderId, { step: 'failed', ...failure }),
  });
}

export type CommerceActivities = ReturnType<typeof makeCommerceActivities>;
