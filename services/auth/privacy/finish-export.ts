import { ExportReady } from '#shared/events/account-life.ts';
import { happened } from '#shared/events/event.ts';
import { type PrivacyRequestId, regionOf } from '#shared/ids.ts';
import { holdAccount } from '../account-life/store.ts';
import { actingAs } from '#shared/act-as.ts';
import { forgetPart, partsOf } from './part-store.ts';
import type { PrivacyPorts } from './ports.ts';
import { beginRequest, completeRequest, expireExport } from './store.ts';

type Ports = Pick<PrivacyPorts, 'databases' | 'outbox' | 'parts' | 'times' | 'clock'>;

/** @returns false when there is nobody left to export, or the request is over */
export function makeBeginExport({ databases }: Pick<Ports, 'databases'>) {
  return (requestId: PrivacyRequestId): Promise<boolean> =>
    actingAs(databases.of(regionOf(requestId)), 'worker', async (tx) => {
      const request = await beginRequest(tx, requestId, 'export');
      const account = request && (await holdAccount(tx, request.account_id));
      return account !== undefined && account.erased_at === null;
    });
}

/** Lets the file be fetched from now on. A repeat changes nothing. */
export function makeFinishExport({ databases, outbox, times, clock }: Ports) {
  return (requestId: PrivacyRequestId): Promise<void> =>
    actingAs(databases.of(regionOf(requestId)), 'worker', async (tx) => {
      const at = clock();
      const expiresAt = new Date(at.getTime() + times.exportKeptForMs);
      const request = await completeRequest(tx, requestId, { at, expiresAt, held: [] });
      if (request === undefined) return;
      const { account_id: userId } = request;
      const region = (await holdAccount(tx, userId))!.country_code;
      await outbox.append(tx, {
        events: [happened(ExportReady, requestId, { request_id: requestId, user_id: userId, country: region })],
        audit: [
          {
            actor: 'system',
            action: 'auth.export_ready',
            subject: userId,
            region,
            outcome: 'ok',
            facts: { requestId },
          },
        ],
      });
    });
}

/** Ends an export: its key is destroyed first, then its objects go. A repeat goes on with what is left. */
export function makeExpireExport({ databases, outbox, parts }: Ports) {
  return async (requestId: PrivacyRequestId): Promise<void> => {
    const region = regionOf(requestId);
    const database = databases.of(region);
    await actingAs(database, 'worker', async (tx) => {
      const request = await expireExport(tx, requestId);
      if (request === undefined) return;
      const { account_id: subject } = request;
      const facts = { requestId };
      const audit = { actor: 'system', action: 'auth.export_expired', subject, region, outcome: 'ok', facts } as const;
      await outbox.append(tx, { audit: [audit] });
    });
    for (const { object_id: id } of await actingAs(database, 'worker', (tx) => partsOf(tx, requestId))) {
      await parts.delete(region, id);
      await actingAs(database, 'worker', (tx) => forgetPart(tx, id));
    }
  };
}
