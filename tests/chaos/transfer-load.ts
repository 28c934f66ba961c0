import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { stepUp } from '#shared/contracts/auth/step-up.ts';
import { createTransfer } from '#shared/contracts/payments/transfers.ts';
import { type Sql, statement } from '#shared/sql.ts';
import { type LoadLog, mismatches } from './load-log.ts';
import { persistently } from './patience.ts';
import { PIN, type Resident } from './town.ts';

const PAUSE_MS = 20;
/** Of so many transfers one is not asked for again after its answer was lost, so that some stay unknown. */
const LEFT_EVERY = 4;

export type TransferLoad = {
  /** Starts no more, and waits for those under way. */
  stop(): Promise<void>;
};

/** Everybody pays 1.00 THB to the next one, over and over. A lost answer is asked for again under the same key. */
export async function startTransfers(payers: readonly Resident[], log: LoadLog): Promise<TransferLoad> {
  const stopped = new AbortController();
  const tokens = await Promise.all(payers.map(({ client }) => client.call(stepUp, { body: { pin: PIN } })));

  async function pay({ client, walletId }: Resident, place: number): Promise<void> {
    const stepUpToken = tokens[place]!.body.step_up_token;
    const recipient_id = payers[(place + 1) % payers.length]!.id;
    for (let count = 0; !stopped.signal.aborted; count += 1) {
      const key = randomUUID();
      const body = { wallet_id: walletId, recipient_id, amount: '1.00', currency: 'THB', reference: key } as const;
      const work = () => client.call(createTransfer, { body, idempotencyKey: key, stepUpToken });
      if (count % LEFT_EVERY === 0) await log.attempt('transfer', key, work);
      else await persistently(log, 'transfer', key, work).catch(() => undefined);
      await sleep(PAUSE_MS);
    }
  }

  const paying = payers.map(pay);
  return {
    stop: async () => {
      stopped.abort();
      await Promise.all(paying);
    },
  };
}

const SENT = statement(
  'tests.sent-transfers',
  `SELECT transaction.reference FROM payments.transactions AS transaction
   WHERE transaction.type = 'transfer_out' AND transaction.status = 'completed'`,
);

/** Compares what the payers were told with the transfers in the store. */
export async function transferFaults(sql: Sql, log: LoadLog): Promise<string[]> {
  const sent = await sql.rows<{ reference: string }>(SENT);
  return mismatches(
    log.outcomes('transfer'),
    sent.map(({ reference }) => reference),
  );
}
