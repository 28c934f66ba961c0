import { condition, continueAsNew, defineSignal, patched, setHandler, sleep, workflowInfo } from '@temporalio/workflow';
import type { Forgotten, Held, PrivacySubject } from '#shared/privacy.ts';
import { ERASURE_CANCELLED_SIGNAL, type ErasureInput, type ErasureOutcome } from '#shared/workflows/privacy.ts';
import { commerce, identity, media, messaging, notifications, payments, verification } from './domains.ts';

const cancelledSignal = defineSignal(ERASURE_CANCELLED_SIGNAL);

/** Events of a history after which a wait goes on in a new one. */
const HISTORY_MAX = 2_000;

/**
 * Erases a person: waits until they can no longer think better of it, and until it is decided about a suspension of the
 * account; takes the name from the account, and then has each domain forget what it may, however long one of them is away
 * or still needs something. The store has the last word on whether it was taken back, since a signal may be on its way.
 */
export async function erasePerson(input: ErasureInput): Promise<ErasureOutcome> {
  const { requestId, userId, country, eraseAt, askAgainAfterMs } = input;
  let isCancelled = false;
  setHandler(cancelledSignal, () => void (isCancelled = true));
  const waitMs = Math.max(0, Date.parse(eraseAt) - Date.now());
  if (await condition(() => isCancelled, waitMs)) return { outcome: 'cancelled' };

  // Erasures that were waiting already before a suspension held them up have the step itself tried again.
  if (!patched('held-up-by-suspension')) {
    if ((await identity.eraseAccount({ requestId })) === 'cancelled') return { outcome: 'cancelled' };
  } else {
    for (;;) {
      const begun = await identity.beginErasure({ requestId });
      if (begun.outcome === 'erased') break;
      if (begun.outcome === 'cancelled') return { outcome: 'cancelled' };
      const leftMs = begun.outcome === 'early' ? Date.parse(begun.until) - Date.now() : askAgainAfterMs;
      if (await condition(() => isCancelled, Math.max(1, leftMs))) return { outcome: 'cancelled' };
      if (workflowInfo().historyLength > HISTORY_MAX) return await continueAsNew<typeof erasePerson>(input);
    }
  }
  const subject: PrivacySubject = { requestId, userId, country };
  const held: Held[] = [];
  for (const forget of [
    () => messaging().leaveEverything(subject),
    // Before media, which leaves the documents that verification must keep.
    () => verification().eraseCases(subject),
    () => media.eraseFiles(subject),
    () => commerce().forgetPerson(subject),
    () => payments().keepMoney(subject),
    // The last: until then the others may still tell someone something.
    ...(patched('notifications-forgotten') ? [() => notifications().forgetNotifications(subject)] : []),
  ]) {
    held.push(...(await untilForgotten(forget, askAgainAfterMs)));
  }
  await identity.finishErasure({ requestId, held });
  return { outcome: 'erased' };
}

/** Asks a domain again for as long as it needs something; orders end, so this does. */
async function untilForgotten(forget: () => Promise<Forgotten>, askAgainAfterMs: number): Promise<readonly Held[]> {
  for (;;) {
    const forgotten = await forget();
    if (forgotten.done) return forgotten.held;
    await sleep(askAgainAfterMs);
  }
}
