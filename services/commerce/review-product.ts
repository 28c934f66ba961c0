import type { Caller } from '#shared/caller.ts';
import type { Review, ReviewBody } from '#shared/contracts/commerce/review.ts';
import { AppError, invalid } from '#shared/errors.ts';
import { ProductReviewed } from '#shared/events/commerce.ts';
import { happened } from '#shared/events/event.ts';
import type { IdempotencyKey } from '#shared/http/call.ts';
import type { ProductId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { CommercePorts } from './ports.ts';
import { isShownTo } from './find-products.ts';
import { findOrder } from './store/order-store.ts';
import { findProduct } from './store/product-store.ts';
import { insertReview, type ReviewRow } from './store/review-store.ts';
import { reviewView } from './views.ts';

/**
 * Reviews a product of an order that was delivered to the caller, once.
 *
 * @throws {AppError} NOT_FOUND when the order is not the caller's or they see no such product, VALIDATION_ERROR when the
 *   product is not in the order, CONFLICT before delivery and for a second review
 */
export function makeReviewProduct({ databases, outbox, idempotency, clock }: CommercePorts) {
  return async (
    caller: Caller,
    productId: ProductId,
    body: ReviewBody,
    key: IdempotencyKey | undefined,
  ): Promise<Review> => {
    const reply = await databases.of('core').transaction((tx) =>
      idempotency.run(tx, { userId: caller.userId, call: 'reviewProduct', key }, async () => {
        const order = await findOrder(tx, body.order_id);
        if (order?.customer_id !== caller.userId) throw new AppError('NOT_FOUND');
        if (!order.items.some((item) => item.product_id === productId)) {
          const product = await findProduct(tx, productId);
          if (product === undefined || !isShownTo(caller, product)) throw new AppError('NOT_FOUND');
          throw invalid('order_id', 'is an order without this product');
        }
        if (order.status !== 'delivered')
          throw new AppError('CONFLICT', { details: 'The order has not been delivered' });
        const review: ReviewRow = {
          id: newId('core'),
          product_id: productId,
          order_id: order.id,
          customer_id: caller.userId,
          rating: body.rating,
          text: body.text ?? null,
          created_at: clock(),
        };
        if (!(await insertReview(tx, review))) {
          throw new AppError('CONFLICT', { details: 'You have reviewed this product before' });
        }
        await outbox.append(tx, {
          events: [
            happened(ProductReviewed, productId, {
              product_id: productId,
              order_id: order.id,
              customer_id: caller.userId,
              rating: body.rating,
            }),
          ],
          audit: [
            {
              actor: caller.userId,
              action: 'commerce.product_reviewed',
              subject: productId,
              region: 'core',
              outcome: 'ok',
            },
          ],
        });
        return { status: 201, body: reviewView(review) };
      }),
    );
    return reply.body;
  };
}
