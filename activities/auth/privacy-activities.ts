import { heartbeat } from '@temporalio/activity';
import type { PrivacyWork } from '#services/auth/privacy/service.ts';
import type { PrivacyRequestId, UserId } from '#shared/ids.ts';
import { AppError } from '#shared/errors.ts';
import { ACCOUNT_SECTIONS, type ErasureBegun, type Held, type PrivacySubject } from '#shared/privacy.ts';
import type { Country } from '#shared/regions.ts';
import { HOUR, SECOND } from '#shared/time.ts';
import { exportRecords } from '../export-records.ts';
import { withFailures } from '../failure.ts';

type Request = { readonly requestId: string };

/** How often an erasure that is held up is tried again: ops decide in days. */
const HELD_UP_RETRY_S = (6 * HOUR) / SECOND;

/** What identity does for requests about one's data. Each may be repeated. */
export function makePrivacyActivities(work: PrivacyWork) {
  return withFailures({
    /** Says why where it cannot yet, and when to ask again if that is known. */
    beginErasure: async ({ requestId }: Request): Promise<ErasureBegun> => {
      const begun = await work.eraseAccount(requestId as PrivacyRequestId);
      return begun.outcome === 'early' ? { outcome: 'early', until: begun.until.toISOString() } : begun;
    },

    /** The same for erasures that began to wait before they could be held up: it is tried until it can be done. */
    eraseAccount: async ({ requestId }: Request): Promise<'erased' | 'cancelled'> => {
      const begun = await work.eraseAccount(requestId as PrivacyRequestId);
      if (begun.outcome === 'erased' || begun.outcome === 'cancelled') return begun.outcome;
      const leftS = begun.outcome === 'early' ? Math.ceil((begun.until.getTime() - Date.now()) / SECOND) : Infinity;
      const retryAfterS = Math.min(Math.max(1, leftS), HELD_UP_RETRY_S);
      throw new AppError('RETRY_LATER', { message: `The erasure is ${begun.outcome}`, retryAfterS });
    },

    finishErasure: ({ requestId, held }: Request & { readonly held: readonly Held[] }): Promise<void> =>
      work.finishErasure(requestId as PrivacyRequestId, held),

    /** False when there is nothing to do any more. */
    beginExport: ({ requestId }: Request): Promise<boolean> => work.beginExport(requestId as PrivacyRequestId),

    exportAccount: ({ requestId, userId, country }: PrivacySubject): Promise<number> =>
      exportRecords(
        work.sink,
        requestId,
        ACCOUNT_SECTIONS,
        work.ownData(userId as UserId, country as Country),
        heartbeat,
      ),

    finishExport: ({ requestId }: Request): Promise<void> => work.finishExport(requestId as PrivacyRequestId),

    expireExport: ({ requestId }: Request): Promise<void> => work.expireExport(requestId as PrivacyRequestId),
  });
}

export type PrivacyActivities = ReturnType<typeof makePrivacyActivities>;
