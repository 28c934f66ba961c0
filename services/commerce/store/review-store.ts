import type { OrderId, ProductId, UserId } from '#shared/ids.ts';
import { type Brand } from '#shared/ids.ts';
import { statement, type Tx } from '#shared/sql.ts';

export type ReviewRow = {
  readonly id: Brand<string, 'ReviewId'>;
  readonly product_id: ProductId;
  readonly order_id: OrderId;
  readonly customer_id: UserId;
  readonly rating: number;
  readonly text: string | null;
  readonly created_at: Date;
};

const INSERT = statement(
  'commerce.insert-review',
  `INSERT INTO commerce.reviews (id, product_id, order_id, customer_id, rating, text, created_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7)
   ON CONFLICT (product_id, customer_id) DO NOTHING
   RETURNING reviews.id`,
);

/** @returns false when the customer has reviewed the product before */
export async function insertReview(tx: Tx, review: ReviewRow): Promise<boolean> {
  const { id, product_id, order_id, customer_id, rating, text, created_at } = review;
  const rows = await tx.rows(INSERT, [id, product_id, order_id, customer_id, rating, text, created_at]);
  return rows.length === 1;
}
