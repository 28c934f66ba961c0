import type { Config } from '#infrastructure/config/settings.ts';
import type { SmsProvider, SmsProviders } from '#services/auth/ports.ts';
import type { SmsProviderName } from '#shared/contracts/auth/webhooks.ts';
import type { Clock } from '#shared/time.ts';
import { makeTwilio } from './twilio.ts';
import { makeVonage } from './vonage.ts';

type SmsConfig = Pick<
  Config,
  | 'PUBLIC_URL'
  | 'SMS_PROVIDERS'
  | 'TWILIO_BASE_URL'
  | 'TWILIO_ACCOUNT_SID'
  | 'TWILIO_AUTH_TOKEN'
  | 'VONAGE_BASE_URL'
  | 'VONAGE_API_KEY'
  | 'VONAGE_API_SECRET'
>;

/** The providers that the settings name, in their order, for every country. */
export function makeSmsProviders(config: SmsConfig, clock: Clock): SmsProviders {
  const reportUrl = (name: SmsProviderName) => `${config.PUBLIC_URL}/api/v1/auth/webhooks/${name}`;
  const make: Readonly<Record<SmsProviderName, () => SmsProvider>> = {
    twilio: () =>
      makeTwilio({
        baseUrl: config.TWILIO_BASE_URL,
        accountSid: config.TWILIO_ACCOUNT_SID,
        authToken: config.TWILIO_AUTH_TOKEN,
        reportUrl: reportUrl('twilio'),
      }),
    vonage: () =>
      makeVonage({
        baseUrl: config.VONAGE_BASE_URL,
        apiKey: config.VONAGE_API_KEY,
        apiSecret: config.VONAGE_API_SECRET,
        reportUrl: reportUrl('vonage'),
        clock,
      }),
  };
  const providers = config.SMS_PROVIDERS.map((name) => make[name]());
  return () => providers;
}
