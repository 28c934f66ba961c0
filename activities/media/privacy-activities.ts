import { heartbeat } from '@temporalio/activity';
import type { makeEraseFiles, makeOwnFiles } from '#services/media/own-files.ts';
import type { UserId } from '#shared/ids.ts';
import type { ExportSink, Forgotten, PrivacySubject } from '#shared/privacy.ts';
import type { Country } from '#shared/regions.ts';
import { exportRecords } from '../export-records.ts';
import { withFailures } from '../failure.ts';

type Ports = {
  readonly ownFiles: ReturnType<typeof makeOwnFiles>;
  readonly eraseFiles: ReturnType<typeof makeEraseFiles>;
  readonly sink: ExportSink;
};

/** What media does for requests about one's data. Each may be repeated. */
export function makeMediaPrivacyActivities({ ownFiles, eraseFiles, sink }: Ports) {
  return withFailures({
    exportFiles: ({ requestId, userId, country }: PrivacySubject): Promise<number> =>
      exportRecords(sink, requestId, ['media'], ownFiles(userId as UserId, country as Country), heartbeat),

    eraseFiles: ({ userId, country }: PrivacySubject): Promise<Forgotten> =>
      eraseFiles(userId as UserId, country as Country, heartbeat),
  });
}

export type MediaPrivacyActivities = ReturnType<typeof makeMediaPrivacyActivities>;
