import { once } from 'node:events';
import { openDatabases } from '#infrastructure/postgres/databases.ts';
import { makeSendTransfer } from '#services/payments/send-transfer.ts';
import { type Asked, openTransfers, type Party } from './open-transfers.ts';

/** What the process is to do until it is killed. */
export type PayOrders = {
  readonly databaseUrl: string;
  readonly parties: readonly Party[];
  /** Keeps the keys of one process apart from those of another. */
  readonly name: string;
  /** Transfers under way at a time. */
  readonly lanes: number;
};

/** Tells of each transfer when it is asked for, and when it is answered. */
export type PayReport = { readonly asked: Asked } | { readonly answered: string; readonly id: string };

const [orders] = (await once(process, 'message')) as [PayOrders];
const databases = openDatabases(
  { DATABASE_URL: orders.databaseUrl, DATABASE_POOL_MAX: 6, REGION_DATABASE_URLS: [] },
  'payer',
);
const { ports, someone } = openTransfers(databases);
const parties = orders.parties.map((party) => ({ ...party, caller: someone({ id: party.caller.userId }) }));
const sendTransfer = makeSendTransfer(ports);
const report = (what: PayReport) => process.send!(what);

async function pay(lane: number): Promise<void> {
  for (let count = 0; ; count += 1) {
    const [from, to] = [(lane + count) % parties.length, (lane + count + 1 + (count % 3)) % parties.length];
    const asked: Asked = { key: `${orders.name} ${lane} ${count}`, from, to };
    report({ asked });
    const { caller, walletId } = parties[from]!;
    const answer = await sendTransfer(
      caller,
      {
        walletId,
        recipientId: parties[to]!.caller.userId,
        money: { minor: 1n, currency: 'THB' },
        description: undefined,
        reference: asked.key,
      },
      { key: { key: asked.key, digest: 'a digest' }, stepUpToken: undefined },
    );
    report({ answered: asked.key, id: answer.id });
  }
}

await Promise.all(Array.from({ length: orders.lanes }, (_, lane) => pay(lane)));
