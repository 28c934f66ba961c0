import { randomBytes } from 'node:crypto';
import type { Caller } from '#shared/caller.ts';
import type { PrivacyRequest } from '#shared/contracts/auth/privacy.ts';
import { AppError } from '#shared/errors.ts';
import { ExportRequested } from '#shared/events/account-life.ts';
import { happened } from '#shared/events/event.ts';
import type { PrivacyRequestId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { lessTrustedUntil, newDeviceRefusal } from '../limited.ts';
import type { Budgets } from '../ports.ts';
import { DAY, SECOND } from '#shared/time.ts';
import { actingAs } from '#shared/act-as.ts';
import type { PrivacyPorts } from './ports.ts';
import { requestView } from './request-view.ts';
import { exportKeyContext, KEY_BYTES } from './sealed-part.ts';
import { findOpenRequest, insertRequest } from './store.ts';

type Ports = Pick<PrivacyPorts, 'databases' | 'outbox' | 'keyManagement' | 'times' | 'clock'> & {
  readonly budgets: Budgets;
  readonly budgetFactor: number;
};

/** An export reads everything that someone ever wrote, so a person has few of them. */
const EXPORTS_MAX = 3;

/**
 * Takes a request for one's data. One at a time: asking again answers the one under way. A new device, which may be that of
 * somebody with a stolen number, is not given everything that its owner ever wrote.
 *
 * @throws {AppError} FORBIDDEN on a new device; RATE_LIMIT_EXCEEDED beyond three a day
 */
export async function requestExport(ports: Ports, caller: Caller): Promise<PrivacyRequest> {
  const { userId, country } = caller;
  const database = ports.databases.of(country);
  const until = await lessTrustedUntil(ports, caller);
  if (until !== undefined) throw newDeviceRefusal(until);
  const open = await actingAs(database, userId, (tx) => findOpenRequest(tx, userId, 'export'));
  if (open !== undefined) return requestView(open, country);
  const budget = { bucket: 'privacy.export', key: userId, limit: EXPORTS_MAX * ports.budgetFactor, windowMs: DAY };
  const spent = await ports.budgets.spend([budget]);
  if (!spent.allowed) throw new AppError('RATE_LIMIT_EXCEEDED', { retryAfterS: spent.retryAfterS });

  const id = newId<PrivacyRequestId>(country);
  const key = await ports.keyManagement.wrap(randomBytes(KEY_BYTES), exportKeyContext(id));
  const at = ports.clock();
  return await actingAs(database, userId, async (tx) => {
    const asked = { id, userId, kind: 'export', origin: 'request', at, startsAt: at, held: [], key } as const;
    const request = await insertRequest(tx, asked);
    // Of two that ask at once, the second gets the answer of the first.
    if (request === undefined) return requestView((await findOpenRequest(tx, userId, 'export'))!, country);
    const facts = { request_id: id, user_id: userId, country, kept_for_ms: ports.times.exportKeptForMs };
    await ports.outbox.append(tx, {
      events: [happened(ExportRequested, id, facts)],
      audit: [
        {
          actor: userId,
          action: 'auth.export_requested',
          subject: userId,
          region: country,
          outcome: 'ok',
          facts: { requestId: id, keptForS: ports.times.exportKeptForMs / SECOND },
        },
      ],
    });
    return requestView(request, country);
  });
}
