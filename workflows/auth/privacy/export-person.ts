import { ActivityFailure, ApplicationFailure, patched, sleep } from '@temporalio/workflow';
import type { PrivacySubject } from '#shared/privacy.ts';
import type { ExportInput, ExportOutcome } from '#shared/workflows/privacy.ts';
import {
  commerce,
  identity,
  identityLong,
  media,
  messaging,
  notifications,
  payments,
  verification,
} from './domains.ts';

/**
 * Gathers what each domain has of a person, lets them fetch it for a while, and removes it. The domains write it beside
 * the files that people send, sealed; nothing of it comes through here.
 */
export async function exportPerson({ requestId, userId, country, keptForMs }: ExportInput): Promise<ExportOutcome> {
  try {
    if (!(await identity.beginExport({ requestId }))) return await end(requestId, 'withdrawn');
    await gather({ requestId, userId, country });
    await identity.finishExport({ requestId });
  } catch (error) {
    await identityLong.expireExport({ requestId });
    if (isOver(error)) return { outcome: 'withdrawn' };
    throw error;
  }
  await sleep(keptForMs);
  return await end(requestId, 'expired');
}

async function end(requestId: string, outcome: ExportOutcome['outcome']): Promise<ExportOutcome> {
  await identityLong.expireExport({ requestId });
  return { outcome };
}

/** One domain after the other: an export is in no hurry, and calls of people are. */
async function gather(subject: PrivacySubject): Promise<void> {
  await identityLong.exportAccount(subject);
  await messaging().exportWords(subject);
  await media.exportFiles(subject);
  await payments().exportMoney(subject);
  await commerce().exportTrade(subject);
  await verification().exportCases(subject);
  if (patched('notifications-gathered')) await notifications().exportNotifications(subject);
}

/** The person was erased meanwhile, so the key of the export is gone. */
function isOver(error: unknown): boolean {
  return (
    error instanceof ActivityFailure && error.cause instanceof ApplicationFailure && error.cause.type === 'CONFLICT'
  );
}
