import { heartbeat } from '@temporalio/activity';
import type { PrivacyWork } from '#services/auth/privacy/service.ts';
import type { PrivacyRequestId, UserId } from '#shared/ids.ts';
import { ACCOUNT_SECTIONS, type Held, type PrivacySubject } from '#shared/privacy.ts';
import type { Country } from '#shared/regions.ts';
import { exportRecords } from '../export-records.ts';
import { withFailures } from '../failure.ts';

type Request = { readonly requestId: string };

/** What identity does for requests about one's data. Each may be repeated. */
export function makePrivacyActivities(work: PrivacyWork) {
  return withFailures({
    eraseAccount: ({ requestId }: Request): Promise<'erased' | 'cancelled'> =>
      work.eraseAccount(requestId as PrivacyRequestId),

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
