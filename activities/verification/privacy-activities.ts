import { heartbeat } from '@temporalio/activity';
import type { VerificationService } from '#services/verification/service.ts';
import type { makeWhatIsHeld } from '#services/verification/what-is-held.ts';
import type { UserId } from '#shared/ids.ts';
import type { ExportSink, Forgotten, PersonalRecords, PrivacySubject } from '#shared/privacy.ts';
import { exportRecords } from '../export-records.ts';
import { withFailures } from '../failure.ts';

type Ports = {
  readonly verification: Pick<VerificationService, 'exportOf' | 'erase'>;
  readonly whatIsHeld: ReturnType<typeof makeWhatIsHeld>;
  readonly sink: ExportSink;
};

/** What verification does for requests about one's data. Each may be repeated. */
export function makeVerificationPrivacyActivities({ verification, whatIsHeld, sink }: Ports) {
  async function* casesOf(userId: UserId): AsyncGenerator<PersonalRecords> {
    yield { section: 'verification', records: await verification.exportOf(userId) };
  }

  return withFailures({
    exportCases: ({ requestId, userId }: PrivacySubject): Promise<number> =>
      exportRecords(sink, requestId, ['verification'], casesOf(userId as UserId), heartbeat),

    eraseCases: async ({ userId }: PrivacySubject): Promise<Forgotten> => {
      await verification.erase(userId as UserId);
      const { until } = await whatIsHeld(userId as UserId);
      return {
        done: true,
        held: until === undefined ? [] : [{ what: 'verification', until: until.toISOString() }],
      };
    },
  });
}

export type VerificationPrivacyActivities = ReturnType<typeof makeVerificationPrivacyActivities>;
