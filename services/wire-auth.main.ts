import type { Config } from '#infrastructure/config/settings.ts';
import { deliveryMetrics } from '#infrastructure/sms/delivery-metrics.ts';
import { otpMetrics } from '#infrastructure/metrics/otp-metrics.ts';
import { makeAuditTrail } from '#infrastructure/audit/audit-trail.ts';
import { makeSmsProviders } from '#infrastructure/sms/providers.ts';
import { RELAXED_FACTOR } from '#gateway/limits/rate-classes.ts';
import { makeOtpDelivery, type OtpDelivery } from '#services/auth/otp-delivery.ts';
import { accountLifeRoutes } from '#services/auth/account-life/routes.ts';
import type { PhoneChangeId } from '#services/auth/phone-change/store.ts';
import { tellOldNumber } from '#services/auth/phone-change/tell-old-number.ts';
import { authRoutes } from '#services/auth/routes.ts';
import { deriveSecrets, type Secrets } from '#services/auth/secrets.ts';
import { makeAuth } from '#services/auth/service.ts';
import { hasMoney } from '#services/payments/store/wallets.ts';
import type { Country } from '#shared/regions.ts';
import type { Ground } from './ground.main.ts';
import { openCopyBlock } from './wire-messaging.main.ts';
import { privacyPorts } from './wire-privacy.main.ts';
import type { WiredService } from './wire.main.ts';

export function authSecrets({ OTP_KEY, REFRESH_KEY, PIN_KEY }: Config): Secrets {
  return deriveSecrets({ otpKey: OTP_KEY, refreshKey: REFRESH_KEY, pinKey: PIN_KEY });
}

/** Codes on their way to phones, over the providers that the settings name. */
export function openOtpDelivery(ground: Ground): OtpDelivery {
  const { config, clock } = ground;
  const providers = makeSmsProviders(config, clock);
  return makeOtpDelivery({ ...ground, secrets: authSecrets(config), providers, metrics: deliveryMetrics });
}

/** Tells numbers that accounts have left, over the providers that bring codes. */
export function openTellOldNumber({ config, clock, databases }: Ground) {
  const providers = makeSmsProviders(config, clock);
  return (changeId: string, country: Country): Promise<void> =>
    tellOldNumber({ databases, providers }, changeId as PhoneChangeId, country);
}

/** Identity over real providers. */
export function wireAuth(ground: Ground): WiredService {
  const { config, log } = ground;
  const copyBlock = openCopyBlock(ground);
  const budgetFactor = config.RATE_LIMITS === 'relaxed' ? RELAXED_FACTOR : 1;
  const auth = makeAuth({
    ...ground,
    delivery: openOtpDelivery(ground),
    contacts: {
      blockChanged: (blocker, other) =>
        copyBlock(blocker, other).catch((err: unknown) => {
          log.warn({ err, blocker, other }, 'a block could not be copied to messaging yet; its consumer will');
        }),
    },
    secrets: authSecrets(config),
    funds: { hasAny: (userId) => hasMoney(ground.databases.of('core'), userId) },
    accountIdleAfterMs: config.ACCOUNT_IDLE_AFTER,
    budgetFactor,
    otpPolicy: {
      countries: new Set(config.OTP_COUNTRIES),
      codesPerHour: config.OTP_CODES_PER_HOUR,
      textPrices: config.OTP_TEXT_PRICES,
      spendPerDay: config.OTP_SPEND_PER_DAY,
      factor: budgetFactor,
    },
    otpMetrics,
    webOrigins: config.ALLOWED_ORIGINS,
  });
  const { budgets } = ground;
  const lives = accountLifeRoutes({
    ...privacyPorts(ground),
    secrets: authSecrets(config),
    otpMetrics,
    budgets,
    budgetFactor,
    trail: makeAuditTrail(ground.databases),
  });
  return { routes: [...authRoutes(auth), ...lives] };
}
