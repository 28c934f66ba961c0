import type { Brand } from '#shared/ids.ts';
import type { Currency } from '#shared/money.ts';
import { newId } from '#shared/new-id.ts';
import { statement } from '#shared/sql.ts';
import { move } from '../ledger/post.ts';
import type { PaymentsPorts } from '../ports.ts';
import { gatewayHouses } from './house.ts';
import { postAll } from './judge-lines.ts';

/** Lines whose fees one transfer adds up. */
const BATCH = 1_000;

const LOCK = statement(
  'payments.lock-lines-with-fees',
  `SELECT line.id, line.currency, line.fee FROM payments.statement_lines AS line
   WHERE line.gateway = $1 AND line.fee > 0 AND line.fee_transfer_id IS NULL
   ORDER BY line.id LIMIT ${BATCH} FOR UPDATE`,
);
const CURRENCIES = statement(
  'payments.currencies-of-fees',
  `SELECT DISTINCT line.currency FROM payments.statement_lines AS line
   WHERE line.gateway = $1 AND line.fee > 0 AND line.fee_transfer_id IS NULL`,
);
const MARK = statement(
  'payments.mark-fees-posted',
  `UPDATE payments.statement_lines AS line SET fee_transfer_id = $2 WHERE line.id = ANY ($1)`,
);

type FeeLine = { readonly id: string; readonly currency: Currency; readonly fee: bigint };

/**
 * Posts what a gateway has kept for its work, a transfer for some lines of each currency. A line says which transfer its
 * fee is in, written with it, so that none is posted twice.
 */
export function makePostFees({ databases }: Pick<PaymentsPorts, 'databases'>) {
  const core = databases.of('core');
  return async (gateway: string): Promise<void> => {
    for (;;) {
      const waiting = await core.rows<{ readonly currency: Currency }>(CURRENCIES, [gateway]);
      if (waiting.length === 0) return;
      const houses = await gatewayHouses(
        core,
        gateway,
        waiting.map(({ currency }) => currency),
      );
      await core.transaction(async (tx) => {
        const lines = await tx.rows<FeeLine>(LOCK, [gateway]);
        // A currency that came up since the look before the transaction waits for the next turn.
        const ready = lines.filter(({ currency }) => houses.has(currency));
        const transfers = [...Map.groupBy(ready, ({ currency }) => currency)].map(([currency, group]) => {
          const { clearing, fees } = houses.get(currency)!;
          const sum = group.reduce((total, { fee }) => total + fee, 0n);
          const id = newId<Brand<string, 'TransferId'>>('core');
          return { group, transfer: { id, kind: 'gateway_payout' as const, legs: move(fees, clearing, sum) } };
        });
        await postAll(
          tx,
          transfers.map(({ transfer }) => transfer),
        );
        for (const { group, transfer } of transfers) {
          await tx.rows(MARK, [group.map(({ id }) => id), transfer.id]);
        }
      });
    }
  };
}
