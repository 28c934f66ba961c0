import type { ExportSink } from '#shared/privacy.ts';
import { makeEraseAccount, makeFinishErasure } from './erase-account.ts';
import { makeExportSink } from './export-sink.ts';
import { makeBeginExport, makeExpireExport, makeFinishExport } from './finish-export.ts';
import { makeOwnData } from './own-data.ts';
import type { PrivacyPorts } from './ports.ts';

/** What workflows do about requests for one's data: the part of identity in a worker. */
export function makePrivacyWork(ports: Omit<PrivacyPorts, 'tokens'>) {
  const sink: ExportSink = makeExportSink(ports);
  return {
    sink,
    ownData: makeOwnData(ports),
    eraseAccount: makeEraseAccount(ports),
    finishErasure: makeFinishErasure(ports),
    beginExport: makeBeginExport(ports),
    finishExport: makeFinishExport(ports),
    expireExport: makeExpireExport(ports),
  };
}

export type PrivacyWork = ReturnType<typeof makePrivacyWork>;
