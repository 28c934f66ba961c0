import { ActivityFailure, condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import type { AuthActivities } from '#activities/auth/activities.ts';
import { SECOND } from '#shared/time.ts';
import {
  OTP_REPORTED_SIGNAL,
  OTP_VERIFIED_SIGNAL,
  type OtpDeliveryInput,
  type OtpReport,
} from '#shared/workflows/otp-delivery.ts';
import type { OtpDeliveryOutcome } from './otp-delivery.ts';

const verified = defineSignal(OTP_VERIFIED_SIGNAL);
const deliveryReported = defineSignal<[OtpReport]>(OTP_REPORTED_SIGNAL);

/** A provider answers within ten seconds or has failed; the rest is for the database. */
const SEND_WITHIN_MS = 20 * SECOND;
/** Our clock and the database's may differ a little; a code is swept only once the database says that it has expired. */
const AFTER_EXPIRY_MS = 2 * SECOND;

/**
 * How deliveries went that began before steps were taken inside workflow tasks. It stays as it is: histories of it are
 * replayed, and none begins any more.
 *
 * One provider after the other is given the text: the next when one fails, or when none of its reports came in time.
 * It ends as soon as the code is delivered or verified, and when it expires. Neither number nor code is known here.
 */
export async function deliverByRank({
  challengeId,
  fallbackAfterMs,
  expiresAt,
}: OtpDeliveryInput): Promise<OtpDeliveryOutcome> {
  let end: 'delivered' | 'verified' | undefined;
  const failed = new Set<OtpReport['provider']>();
  setHandler(verified, () => void (end = 'verified'));
  setHandler(deliveryReported, ({ provider, status }) => {
    if (status === 'failed') failed.add(provider);
    else end ??= 'delivered';
  });

  const leftMs = () => Math.max(0, Date.parse(expiresAt) - Date.now());
  const hasEnded = () => end !== undefined;

  for (let rank = 0; !hasEnded() && leftMs() > 0; rank++) {
    const sending = await sendWithin(leftMs(), challengeId, rank);
    if (sending.outcome === 'no_provider') break;
    if (sending.outcome === 'ended') return { outcome: end ?? 'ended' };
    if (sending.outcome === 'failed') continue;
    await condition(() => hasEnded() || failed.has(sending.provider), Math.min(fallbackAfterMs, leftMs()));
  }

  if (!hasEnded()) await condition(hasEnded, leftMs() + AFTER_EXPIRY_MS);
  if (end !== undefined) return { outcome: end };
  await sweeping.sweepOtps(challengeId);
  return { outcome: 'expired' };
}

/** Sends, and goes on trying while the database is away, until the code expires. */
async function sendWithin(leftMs: number, challengeId: OtpDeliveryInput['challengeId'], rank: number) {
  const { sendOtp } = proxyActivities<AuthActivities>({
    startToCloseTimeout: SEND_WITHIN_MS,
    scheduleToCloseTimeout: leftMs,
    retry: { initialInterval: SECOND, backoffCoefficient: 2, maximumInterval: 10 * SECOND },
  });
  try {
    return await sendOtp(challengeId, rank);
  } catch (error) {
    // Every try failed until the end: for this code there is no other provider to ask.
    if (error instanceof ActivityFailure) return { outcome: 'no_provider' } as const;
    throw error;
  }
}

const sweeping = proxyActivities<AuthActivities>({
  startToCloseTimeout: SEND_WITHIN_MS,
  retry: { initialInterval: SECOND, backoffCoefficient: 2, maximumInterval: 60 * SECOND, maximumAttempts: 20 },
});
