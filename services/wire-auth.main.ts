import { makeSmsProviders } from '#infrastructure/sms/providers.ts';
import { RELAXED_FACTOR } from '#gateway/limits/rate-classes.ts';
import { makeOtpDelivery } from '#services/auth/otp-delivery.ts';
import { authRoutes } from '#services/auth/routes.ts';
import { deriveSecrets } from '#services/auth/secrets.ts';
import { makeAuth } from '#services/auth/service.ts';
import type { Ground } from './ground.main.ts';
import type { WiredService } from './wire.main.ts';

/** Identity over real providers. */
export function wireAuth(ground: Ground): WiredService {
  const { config, clock } = ground;
  const secrets = deriveSecrets({ otpKey: config.OTP_KEY, refreshKey: config.REFRESH_KEY, pinKey: config.PIN_KEY });
  const delivery = makeOtpDelivery({ ...ground, secrets, providers: makeSmsProviders(config, clock) });
  const auth = makeAuth({
    ...ground,
    delivery,
    secrets,
    publicUrl: config.PUBLIC_URL,
    budgetFactor: config.RATE_LIMITS === 'relaxed' ? RELAXED_FACTOR : 1,
  });
  return { routes: authRoutes(auth) };
}
