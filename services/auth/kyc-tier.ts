import type { Outbox } from '#shared/events/event.ts';
import { regionOf, type UserId } from '#shared/ids.ts';
import { type Databases, firstRow, statement } from '#shared/sql.ts';

export type TierInForce = { readonly userId: UserId; readonly tier: number; readonly version: number };

const SET = statement(
  'auth.set-kyc-tier',
  `UPDATE auth.accounts SET kyc_tier = $2, kyc_version = $3, updated_at = now()
   WHERE accounts.id = $1 AND accounts.kyc_version < $3 RETURNING accounts.id`,
);

/**
 * Copies how far someone is verified to their account, where limits are read from it. An older word of verification
 * changes nothing after a newer one, and neither does the same word twice.
 */
export function makeSetKycTier({ databases, outbox }: { readonly databases: Databases; readonly outbox: Outbox }) {
  return ({ userId, tier, version }: TierInForce): Promise<void> =>
    databases.of(regionOf(userId)).transaction(async (tx) => {
      if ((await firstRow(tx, SET, [userId, tier, version])) === undefined) return;
      await outbox.append(tx, {
        audit: [
          {
            actor: 'verification',
            action: 'auth.kyc_tier_set',
            subject: userId,
            region: regionOf(userId),
            outcome: 'ok',
            facts: { tier, version },
          },
        ],
      });
    });
}
