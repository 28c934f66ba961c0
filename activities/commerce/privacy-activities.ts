import { heartbeat } from '@temporalio/activity';
import type { makeForgetPerson } from '#services/commerce/forget-person.ts';
import type { makeOwnTrade } from '#services/commerce/own-trade.ts';
import type { UserId } from '#shared/ids.ts';
import type { ExportSink, Forgotten, PrivacySubject } from '#shared/privacy.ts';
import type { Country } from '#shared/regions.ts';
import { exportRecords } from '../export-records.ts';
import { withFailures } from '../failure.ts';

type Ports = {
  readonly ownTrade: ReturnType<typeof makeOwnTrade>;
  readonly forgetPerson: ReturnType<typeof makeForgetPerson>;
  readonly sink: ExportSink;
};

const SECTIONS = ['orders', 'reviews', 'shops', 'products'] as const;

/** What commerce does for requests about one's data. Each may be repeated. */
export function makeCommercePrivacyActivities({ ownTrade, forgetPerson, sink }: Ports) {
  return withFailures({
    exportTrade: ({ requestId, userId, country }: PrivacySubject): Promise<number> =>
      exportRecords(sink, requestId, SECTIONS, ownTrade(userId as UserId, country as Country), heartbeat),

    forgetPerson: ({ userId, country }: PrivacySubject): Promise<Forgotten> =>
      forgetPerson(userId as UserId, country as Country),
  });
}

export type CommercePrivacyActivities = ReturnType<typeof makeCommercePrivacyActivities>;
