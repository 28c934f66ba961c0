import type { SmsProviderName } from '#shared/contracts/auth/webhooks.ts';
import { AppError } from '#shared/errors.ts';
import { OtpDeliveryReported } from '#shared/events/auth.ts';
import { happened, type Outbox } from '#shared/events/event.ts';
import { type ChallengeId, regionOf } from '#shared/ids.ts';
import type { Log } from '#shared/log.ts';
import { COUNTRIES, type Country } from '#shared/regions.ts';
import type { Databases } from '#shared/sql.ts';
import { openCode } from './otp-code.ts';
import {
  claimDelivery,
  type DeliveryClaim,
  findDelivery,
  forgetCode,
  reportDelivery,
  settleDelivery,
  sweep,
} from './otp-store.ts';
import { otpText } from './otp-text.ts';
import type { DeliveryReport, ProviderRequest, SmsProvider, SmsProviders } from './ports.ts';
import type { Secrets } from './secrets.ts';

/** Expired challenges removed with each delivery: more than the one that it adds, so that they cannot pile up. */
const SWEEP_WITH_DELIVERY_MAX = 5;
const SWEEP_MAX = 500;

/**
 * - `accepted`: the provider has the text; a report may follow.
 * - `unknown`: an earlier try was cut off, so the provider may have it.
 * - `failed`: the provider does not have it.
 * - `no_provider`: there is none of that rank.
 * - `ended`: the code was delivered, verified, replaced or expired, so there is nothing left to send.
 */
export type OtpSending =
  | { readonly outcome: 'accepted' | 'unknown' | 'failed'; readonly provider: SmsProviderName }
  | { readonly outcome: 'no_provider' }
  | { readonly outcome: 'ended' };

/** Brings codes to phones. */
export type OtpDelivery = {
  /** Gives the text of a challenge to the provider of a rank, from 0. No provider is ever given the same text twice. */
  send(challengeId: ChallengeId, rank: number): Promise<OtpSending>;
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
};

export function makeOtpDelivery({ databases, outbox, log, secrets, providers }: OtpDeliveryPorts): OtpDelivery {
  async function hand(provider: SmsProvider, claim: DeliveryClaim, of: Addressee): Promise<OtpSending> {
    const { challengeId, country } = of;
    const delivery = { challengeId, provider: provider.name };
    const code = openCode(secrets, challengeId, claim.sealed_code);
    const text = otpText(code, claim.locale, country);
    const sms = { to: claim.phone_number, text, locale: claim.locale, reference: challengeId };
    const messageId = await provider.send(sms).then(
      (taken) => taken.messageId,
      (error: unknown) => {
        if (!(error instanceof AppError)) throw error;
        log.warn({ challengeId, provider: provider.name, reason: error.message }, 'a provider did not take a text');
        return undefined;
      },
    );
    const outcome = messageId === undefined ? 'failed' : 'accepted';
    await settleDelivery(databases.of(country), delivery, outcome, messageId);
    return { outcome, provider: provider.name };
  }

  async function challengeOf(name: SmsProviderName, report: DeliveryReport): Promise<ChallengeId | undefined> {
    if (report.reference !== undefined) return report.reference;
    for (const database of databases.all) {
      const found = await findDelivery(database, report.messageId, name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  return {
    send: async (challengeId, rank) => {
      const country = homeOf(challengeId);
      if (country === undefined) return { outcome: 'ended' };
      const provider = providers(country)[rank];
      if (provider === undefined) return { outcome: 'no_provider' };
      const database = databases.of(country);
      await sweep(database, SWEEP_WITH_DELIVERY_MAX);
      const claim = await claimDelivery(database, challengeId, provider.name);
      if (claim === undefined) return { outcome: 'ended' };
      if (claim.is_first) return await hand(provider, claim, { challengeId, country });
      return { outcome: OUTCOME_OF_EARLIER_TRY[claim.status ?? 'sending'], provider: provider.name };
    },

    report: async (name, request) => {
      const provider = COUNTRIES.flatMap(providers).find((candidate) => candidate.name === name);
      if (provider === undefined) throw new AppError('NOT_FOUND');
      const report = await provider.readReport(request);
      const challengeId = await challengeOf(name, report);
      const country = challengeId === undefined ? undefined : homeOf(challengeId);
      if (report.status === 'pending' || challengeId === undefined || country === undefined) return;
      const { status, messageId } = report;
      await databases.of(country).transaction(async (tx) => {
        const isNews = await reportDelivery(tx, { challengeId, provider: name }, status, messageId);
        if (!isNews) return;
        if (status === 'delivered') await forgetCode(tx, challengeId);
        const reported = { challenge_id: challengeId, country, provider: name, status };
        await outbox.append(tx, { events: [happened(OtpDeliveryReported, challengeId, reported)] });
      });
    },

    sweep: async (challengeId) => {
      const country = homeOf(challengeId);
      if (country !== undefined) await sweep(databases.of(country), SWEEP_MAX);
    },
  };
}

type Addressee = { readonly challengeId: ChallengeId; readonly country: Country };

/** `sending` without an end: the process that sent it died, or its answer was lost. */
const OUTCOME_OF_EARLIER_TRY = {
  sending: 'unknown',
  accepted: 'accepted',
  delivered: 'accepted',
  failed: 'failed',
} as const;

function homeOf(challengeId: ChallengeId): Country | undefined {
  const region = regionOf(challengeId);
  return region === 'core' ? undefined : region;
}
