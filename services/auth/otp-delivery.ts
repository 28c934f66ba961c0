import type { SmsProviderName } from '#shared/contracts/auth/webhooks.ts';
import { AppError } from '#shared/errors.ts';
import { OtpDeliveryReported } from '#shared/events/auth.ts';
import { happened, type Outbox } from '#shared/events/event.ts';
import { type ChallengeId, regionOf } from '#shared/ids.ts';
import type { Log } from '#shared/log.ts';
import { COUNTRIES, type Country } from '#shared/regions.ts';
import type { Databases } from '#shared/sql.ts';
import { SECOND } from '#shared/time.ts';
import type { OtpSending } from '#shared/workflows/otp-delivery.ts';
import { openCode } from './otp-code.ts';
import * as deliveries from './otp-delivery-store.ts';
import { sweep } from './otp-store.ts';
import { otpSpoken, otpText } from './otp-text.ts';
import type { DeliveryMetrics, DeliveryReport, ProviderRequest, Sms, SmsProvider, SmsProviders } from './ports.ts';
import { makeProviderHealth } from './provider-health.ts';
import { makeReportWatch } from './report-watch.ts';
import type { Secrets } from './secrets.ts';

const SWEEP_MAX = 500;
/** A provider is given up, and then asked what it knows, well within this: whoever took a step and lives has settled it. */
const STEP_UNDER_WAY_MAX_MS = 8 * SECOND;
/**
 * Whoever leads a delivery looks so long for its report before the step is over: what arrives by then ends the delivery
 * without a timer, a signal, and a second task of its workflow.
 */
const WATCHED_MS = 2 * SECOND;
/** First texts go on to another provider only so long: their caller's transaction is open. */
const FIRST_TEXT_NEXT_WITHIN_MS = 4 * SECOND;

/** What a step needs to know besides its challenge. */
export type OtpStep = {
  readonly challengeId: ChallengeId;
  /** From 0; each number is one provider's. */
  readonly attempt: number;
  /** The host of ours in whose page the code was asked for. */
  readonly webHost?: string | undefined;
};

/** Brings codes to phones. */
export type OtpDelivery = {
  /**
   * Takes a step of a delivery: gives the text to the best provider that has not had it. Repeating a step sends nothing
   * more, and no provider is ever given the same text twice. A step that was cut off asks its provider what it knows.
   */
  send(step: OtpStep): Promise<OtpSending>;
  /** The same for whoever leads the delivery: what is reported within two seconds is part of the answer. */
  lead(step: OtpStep): Promise<OtpSending>;
  /**
   * Sends the texts of challenges that nobody has begun to deliver, each until a provider has taken it; for when workflows
   * are away or behind. They take over from there, because they find the steps taken.
   */
  sendUnsent(challenges: readonly Omit<OtpStep, 'attempt'>[]): Promise<void>;
  /**
   * Takes a delivery report. One about nothing of ours, or that is known already, changes nothing.
   *
   * @throws {AppError} UNAUTHORIZED unless the provider signed it; NOT_FOUND for a provider that is not in use
   */
  report(provider: SmsProviderName, request: ProviderRequest): Promise<void>;
  /** Removes codes of a challenge's region that have expired. */
  sweep(challengeId: ChallengeId): Promise<void>;
};

export type OtpDeliveryPorts = {
  readonly databases: Databases;
  readonly outbox: Outbox;
  readonly log: Log;
  readonly secrets: Secrets;
  readonly providers: SmsProviders;
  readonly metrics: DeliveryMetrics;
  /** How long {@link OtpDelivery.lead} looks for a report; two seconds when not said. */
  readonly watchedMs?: number | undefined;
};

export function makeOtpDelivery(ports: OtpDeliveryPorts): OtpDelivery {
  const { databases, outbox, log, secrets, providers, metrics, watchedMs = WATCHED_MS } = ports;
  const health = makeProviderHealth(ports);
  const watch = makeReportWatch();

  /** What is left to know of a step that nobody else is taking: sends, unless that may have been done before. */
  async function conclude(provider: SmsProvider, sms: Sms, country: Country, isFirst: boolean): Promise<OtpSending> {
    const delivery = { challengeId: sms.reference, provider: provider.name };
    let handed = isFirst ? await provider.send(sms) : ({ outcome: 'unknown', reason: 'the try was cut off' } as const);
    if (handed.outcome !== 'accepted') {
      const { reason } = handed;
      log.warn({ challengeId: sms.reference, provider: provider.name, reason }, 'a provider did not take a text');
    }
    const isToBlame = isFirst && (handed.outcome !== 'refused' || handed.blame === 'provider');
    if (isToBlame) await health.note(country, provider.name, handed.outcome === 'accepted' ? 'accepted' : 'failed');
    if (handed.outcome === 'unknown') {
      const found = (await provider.find?.(sms)) ?? { outcome: 'unknown' };
      if (found.outcome === 'found') handed = { outcome: 'accepted', messageId: found.messageId };
      if (found.outcome === 'absent') handed = { outcome: 'refused', blame: 'provider', reason: 'it has no such text' };
    }
    const outcome = handed.outcome === 'refused' ? 'failed' : handed.outcome;
    metrics.handed(country, provider.name, outcome);
    if (outcome === 'unknown') return { outcome, provider: provider.name };
    const messageId = handed.outcome === 'accepted' ? handed.messageId : undefined;
    await deliveries.settleDelivery(databases.of(country), delivery, outcome, messageId);
    return outcome === 'accepted'
      ? { outcome, provider: provider.name, ageMs: 0 }
      : { outcome, provider: provider.name };
  }

  async function send({ challengeId, attempt, webHost }: OtpStep, watchMs = 0): Promise<OtpSending> {
    const country = homeOf(challengeId);
    if (country === undefined) return { outcome: 'ended' };
    const database = databases.of(country);
    const ranked = await health.ranked(country);
    const wanted = ranked.map(({ name }) => name);
    const claim = await deliveries.claimStep(database, challengeId, attempt, wanted, watchMs);
    if (claim === undefined) return { outcome: 'ended' };
    const { step, silent } = claim;
    if (silent !== undefined && step?.isFirst !== false) await health.note(country, silent, 'silent');
    if (step === undefined) return { outcome: 'no_provider' };
    const { provider: name, status, ageMs } = step;
    if (status === 'failed') return { outcome: 'failed', provider: name };
    if (status !== 'sending') return { outcome: 'accepted', provider: name, ageMs };
    if (!step.isFirst && ageMs < STEP_UNDER_WAY_MAX_MS) {
      return { outcome: 'under_way', provider: name, againInMs: STEP_UNDER_WAY_MAX_MS - ageMs };
    }
    const provider = ranked.find((candidate) => candidate.name === name);
    if (provider === undefined) return { outcome: 'unknown', provider: name };
    const code = openCode(secrets, challengeId, claim.sealedCode);
    const { locale, phoneNumber: to } = claim;
    const text = provider.channel === 'voice' ? otpSpoken(code, locale) : otpText(code, locale, country, webHost);
    return await conclude(provider, { to, text, code, locale, reference: challengeId }, country, step.isFirst);
  }

  async function lead(step: OtpStep): Promise<OtpSending> {
    const startedAt = performance.now();
    const sending = await send(step, watchedMs);
    const country = homeOf(step.challengeId);
    if (sending.outcome !== 'accepted' || sending.ageMs > 0 || country === undefined) return sending;
    const { provider } = sending;
    const leftMs = watchedMs - (performance.now() - startedAt);
    const news = await watch.wait(databases.of(country), { challengeId: step.challengeId, provider }, leftMs);
    if (news === undefined) return { ...sending, ageMs: Math.round(performance.now() - startedAt) };
    return news === 'ended' ? { outcome: news } : { outcome: news, provider };
  }

  async function sendFirst(challenge: Omit<OtpStep, 'attempt'>): Promise<void> {
    const startedAt = performance.now();
    for (let attempt = 0; performance.now() - startedAt < FIRST_TEXT_NEXT_WITHIN_MS; attempt++) {
      const { outcome } = await send({ ...challenge, attempt });
      if (outcome !== 'failed' && outcome !== 'unknown') return;
    }
  }

  async function challengeOf(name: SmsProviderName, report: DeliveryReport): Promise<ChallengeId | undefined> {
    if (report.reference !== undefined) return report.reference;
    for (const database of databases.all) {
      const found = await deliveries.findDelivery(database, report.messageId, name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  return {
    send: (step) => send(step),
    lead,

    sendUnsent: async (challenges) => {
      const byCountry = Map.groupBy(challenges, ({ challengeId }) => homeOf(challengeId));
      for (const [country, all] of byCountry) {
        if (country === undefined) continue;
        const ids = all.map(({ challengeId }) => challengeId);
        const unsent = new Set(await deliveries.unsentOf(databases.of(country), ids));
        if (unsent.size === 0) continue;
        log.warn(
          { country, count: unsent.size },
          'no workflow has sent these codes in time: they are sent without one',
        );
        metrics.sentFirst(country, unsent.size);
        await Promise.all(all.filter(({ challengeId }) => unsent.has(challengeId)).map(sendFirst));
      }
    },

    report: async (name, request) => {
      const provider = COUNTRIES.flatMap(providers).find((candidate) => candidate.name === name);
      if (provider === undefined) throw new AppError('NOT_FOUND');
      const report = await provider.readReport(request);
      const challengeId = await challengeOf(name, report);
      const country = challengeId === undefined ? undefined : homeOf(challengeId);
      if (report.status === 'pending' || challengeId === undefined || country === undefined) return;
      const { status, messageId } = report;
      const news = await databases.of(country).transaction(async (tx) => {
        const told = await deliveries.reportDelivery(tx, { challengeId, provider: name }, status, messageId);
        if (told === undefined) return undefined;
        if (status === 'delivered') await deliveries.forgetCode(tx, challengeId);
        const heard = told.isHeard ? { is_heard: true } : {};
        const reported = { challenge_id: challengeId, country, provider: name, status, ...heard };
        await outbox.append(tx, { events: [happened(OtpDeliveryReported, challengeId, reported)] });
        return told;
      });
      if (news === undefined) return;
      metrics.reported(country, name, status, news.afterMs);
      await health.note(country, name, status);
    },

    sweep: async (challengeId) => {
      const country = homeOf(challengeId);
      if (country !== undefined) await sweep(databases.of(country), SWEEP_MAX);
    },
  };
}

function homeOf(challengeId: ChallengeId): Country | undefined {
  const region = regionOf(challengeId);
  return region === 'core' ? undefined : region;
}
