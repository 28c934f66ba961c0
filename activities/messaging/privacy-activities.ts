import { heartbeat } from '@temporalio/activity';
import type { makeLeaveEverything } from '#services/messaging/life/leave-everything.ts';
import type { makeOwnWords } from '#services/messaging/own-dialogs.ts';
import type { UserId } from '#shared/ids.ts';
import type { ExportSink, Forgotten, PrivacySubject } from '#shared/privacy.ts';
import type { Country } from '#shared/regions.ts';
import { exportRecords } from '../export-records.ts';
import { withFailures } from '../failure.ts';

type Ports = {
  readonly ownWords: ReturnType<typeof makeOwnWords>;
  readonly leaveEverything: ReturnType<typeof makeLeaveEverything>;
  readonly sink: ExportSink;
};

/** What messaging does for requests about one's data. Each may be repeated. */
export function makeMessagingPrivacyActivities({ ownWords, leaveEverything, sink }: Ports) {
  return withFailures({
    exportWords: ({ requestId, userId }: PrivacySubject): Promise<number> =>
      exportRecords(sink, requestId, ['dialogs', 'messages'], ownWords(userId as UserId), heartbeat),

    leaveEverything: ({ userId, country }: PrivacySubject): Promise<Forgotten> =>
      leaveEverything(userId as UserId, country as Country, heartbeat),
  });
}

export type MessagingPrivacyActivities = ReturnType<typeof makeMessagingPrivacyActivities>;
