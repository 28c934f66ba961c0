import type { TransactionId } from '#shared/ids.ts';
import { firstRow, statement } from '#shared/sql.ts';
import type { PaymentsPorts } from '../ports.ts';
import { audited } from '../told.ts';
import { destinationContext } from './sealed-destination.ts';

const BATCH_MAX = 100;
/** So many keys that do not unwrap end a run: something is wrong with all of them. */
const BROKEN_MAX = 1_000;

type WrappedRow = { readonly id: TransactionId; readonly wrappedBy: string; readonly sealed: Uint8Array };

// Two ranges of the index, where "is another" would read the whole table.
const WRAPPED_BY_OTHERS = statement(
  'payments.destinations-wrapped-by-others',
  `SELECT payout.transaction_id AS id, payout.wrapped_by AS "wrappedBy", payout.sealed_key AS sealed
   FROM payments.payouts AS payout
   WHERE (payout.wrapped_by < $1 OR payout.wrapped_by > $1) AND payout.transaction_id <> ALL ($2::uuid[])
   LIMIT ${BATCH_MAX}`,
);
const REPLACE_KEY = statement(
  'payments.replace-destination-key',
  `UPDATE payments.payouts AS payout SET wrapped_by = $3, sealed_key = $4
   WHERE payout.transaction_id = $1 AND payout.wrapped_by = $2 RETURNING payout.transaction_id`,
);

/**
 * Wraps the keys of destinations anew that an older wrapping key has wrapped, so that it can be retired. The destinations
 * themselves stay as they are. Processes may do it side by side.
 *
 * @returns how many were wrapped anew
 */
export function makeRewrapDestinations({
  databases,
  outbox,
  keyManagement,
  log,
}: Pick<PaymentsPorts, 'databases' | 'outbox' | 'keyManagement' | 'log'>) {
  const core = databases.of('core');

  async function rewrap({ id, wrappedBy, sealed }: WrappedRow): Promise<boolean> {
    const key = await keyManagement.unwrap({ wrappedBy, sealed }, destinationContext(id));
    const wrapped = await keyManagement.wrap(key, destinationContext(id));
    return await core.transaction(async (tx) => {
      const replaced = await firstRow(tx, REPLACE_KEY, [id, wrappedBy, wrapped.wrappedBy, wrapped.sealed]);
      if (replaced === undefined) return false;
      const facts = { by: wrapped.wrappedBy };
      const entry = audited({ actor: 'system', action: 'payments.destination_rewrapped', subject: id, facts });
      await outbox.append(tx, { audit: [entry] });
      return true;
    });
  }

  return async (): Promise<number> => {
    let rewrapped = 0;
    const broken: TransactionId[] = [];
    while (broken.length < BROKEN_MAX) {
      const rows = await core.rows<WrappedRow>(WRAPPED_BY_OTHERS, [keyManagement.wrapsBy, broken]);
      if (rows.length === 0) break;
      for (const row of rows) {
        try {
          if (await rewrap(row)) rewrapped += 1;
        } catch (err) {
          // The others go on. Nobody can pay to this destination either: its wrapping key is gone, or its row was altered.
          const { id: transactionId, wrappedBy } = row;
          log.error({ transactionId, wrappedBy, err }, 'the key of a destination does not unwrap');
          broken.push(transactionId);
        }
      }
    }
    return rewrapped;
  };
}
