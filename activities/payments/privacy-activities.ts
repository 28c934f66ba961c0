import { heartbeat } from '@temporalio/activity';
import type { makeKeepMoney, makeOwnMoney } from '#services/payments/own-money.ts';
import type { UserId } from '#shared/ids.ts';
import type { ExportSink, Forgotten, PrivacySubject } from '#shared/privacy.ts';
import type { Country } from '#shared/regions.ts';
import { exportRecords } from '../export-records.ts';
import { withFailures } from '../failure.ts';

type Ports = {
  readonly ownMoney: ReturnType<typeof makeOwnMoney>;
  readonly keepMoney: ReturnType<typeof makeKeepMoney>;
  readonly sink: ExportSink;
};

/** What payments do for requests about one's data. Each may be repeated. */
export function makePaymentsPrivacyActivities({ ownMoney, keepMoney, sink }: Ports) {
  return withFailures({
    exportMoney: ({ requestId, userId }: PrivacySubject): Promise<number> =>
      exportRecords(sink, requestId, ['wallets', 'transactions'], ownMoney(userId as UserId), heartbeat),

    keepMoney: ({ userId, country }: PrivacySubject): Promise<Forgotten> =>
      keepMoney(userId as UserId, country as Country),
  });
}

export type PaymentsPrivacyActivities = ReturnType<typeof makePaymentsPrivacyActivities>;
