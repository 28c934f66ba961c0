import {
  ActivityFailure,
  condition,
  defineSignal,
  isCancellation,
  patched,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  TemporalFailure,
} from '@temporalio/workflow';
import type { AuthActivities } from '#activities/auth/activities.ts';
import { SECOND } from '#shared/time.ts';
import {
  OTP_REPORTED_SIGNAL,
  OTP_VERIFIED_SIGNAL,
  type OtpDeliveryInput,
  type OtpReport,
  type OtpSending,
} from '#shared/workflows/otp-delivery.ts';
import { deliverByRank } from './otp-delivery-by-rank.ts';

const verified = defineSignal(OTP_VERIFIED_SIGNAL);
const deliveryReported = defineSignal<[OtpReport]>(OTP_REPORTED_SIGNAL);

/** How a delivery ended. `ended`: the code was replaced by a newer one, or is gone for another reason. */
export type OtpDeliveryOutcome = { readonly outcome: 'delivered' | 'verified' | 'expired' | 'ended' };

/** Deliveries that began before this send by activities of their own; see {@link deliverByRank}. */
const STEPS_IN_TASKS = 'otp-steps-in-workflow-tasks';

/**
 * A provider is given up and asked within this, and a workflow task lasts ten seconds: a step that takes longer goes on
 * as an activity, so that a silent provider does not keep tasks of other workflows waiting.
 */
const STEP_WITHIN_MS = 8 * SECOND;
/** With the tries of an activity: for the provider, and for a database that is coming back. */
const SEND_WITHIN_MS = 20 * SECOND;
/** Our clock and the database's may differ a little; a code is swept only once the database says that it has expired. */
const AFTER_EXPIRY_MS = 2 * SECOND;

/**
 * Brings one code to its phone.
 *
 * One provider after the other is given the text: the next when one fails, or when none of its reports came in time.
 * It ends as soon as the code is delivered or verified, and when it expires. Neither number nor code is known here. Steps
 * that were taken without it, while workflows were away, are found taken.
 *
 * A step is a local activity: a delivery that goes well is one workflow task when its report comes at once, or two, and
 * nothing else waits in a queue.
 */
export async function otpDelivery(input: OtpDeliveryInput): Promise<OtpDeliveryOutcome> {
  if (!patched(STEPS_IN_TASKS)) return await deliverByRank(input);
  const { challengeId, fallbackAfterMs, expiresAt } = input;
  let end: 'delivered' | 'verified' | undefined;
  const failed = new Set<OtpReport['provider']>();
  setHandler(verified, () => void (end = 'verified'));
  setHandler(deliveryReported, ({ provider, status }) => {
    if (status === 'failed') failed.add(provider);
    else end ??= 'delivered';
  });

  const leftMs = () => Math.max(0, Date.parse(expiresAt) - Date.now());
  const hasEnded = () => end !== undefined;

  for (let attempt = 0; !hasEnded() && leftMs() > 0;) {
    const sending = await takeStep(input, attempt, leftMs());
    if (sending.outcome === 'no_provider') break;
    if (sending.outcome === 'ended' || sending.outcome === 'delivered') return { outcome: end ?? sending.outcome };
    if (sending.outcome === 'under_way') {
      await condition(hasEnded, Math.max(1, Math.min(sending.againInMs, leftMs())));
      continue;
    }
    if (sending.outcome === 'accepted') {
      const { provider, ageMs } = sending;
      const waitMs = Math.min(fallbackAfterMs - ageMs, leftMs());
      if (waitMs > 0) await condition(() => hasEnded() || failed.has(provider), waitMs);
    }
    attempt += 1;
  }

  if (!hasEnded()) await condition(hasEnded, leftMs() + AFTER_EXPIRY_MS);
  if (end !== undefined) return { outcome: end };
  await sweeping.sweepOtps(challengeId);
  return { outcome: 'expired' };
}

/** Takes a step within this task; when that fails, as an activity that is tried until the code expires. */
async function takeStep(
  { challengeId, webHost }: OtpDeliveryInput,
  attempt: number,
  leftMs: number,
): Promise<OtpSending> {
  const args = [challengeId, attempt, ...(webHost === undefined ? [] : [webHost])] as const;
  try {
    return await inTask.sendOtp(...args);
  } catch (error) {
    // What a local activity throws arrives without the ActivityFailure around it.
    if (!(error instanceof TemporalFailure) || isCancellation(error)) throw error;
  }
  const { sendOtp } = proxyActivities<AuthActivities>({
    startToCloseTimeout: SEND_WITHIN_MS,
    scheduleToCloseTimeout: leftMs,
    retry: { initialInterval: SECOND, backoffCoefficient: 2, maximumInterval: 10 * SECOND },
  });
  try {
    return await sendOtp(...args);
  } catch (error) {
    // Every try failed until the end: for this code there is no other provider to ask.
    if (error instanceof ActivityFailure) return { outcome: 'no_provider' };
    throw error;
  }
}

const inTask = proxyLocalActivities<AuthActivities>({
  startToCloseTimeout: STEP_WITHIN_MS,
  retry: { maximumAttempts: 1 },
});

const sweeping = proxyActivities<AuthActivities>({
  startToCloseTimeout: SEND_WITHIN_MS,
  retry: { initialInterval: SECOND, backoffCoefficient: 2, maximumInterval: 60 * SECOND, maximumAttempts: 20 },
});
