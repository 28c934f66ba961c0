import type { Config } from '#infrastructure/config/settings.ts';
import type { SmsProvider, SmsProviders } from '#services/auth/ports.ts';
import { SmsProviderName } from '#shared/contracts/auth/webhooks.ts';
import { COUNTRIES, type Country } from '#shared/regions.ts';
import type { Clock } from '#shared/time.ts';
import { makeInfobip } from './infobip.ts';
import { makeTwilio } from './twilio.ts';
import { makeTwilioVoice } from './twilio-voice.ts';
import { makeVonage } from './vonage.ts';

type SmsConfig = Pick<
  Config,
  | 'PUBLIC_URL'
  | 'SMS_PROVIDERS'
  | 'SMS_PROVIDERS_BY_COUNTRY'
  | 'TWILIO_BASE_URL'
  | 'TWILIO_ACCOUNT_SID'
  | 'TWILIO_AUTH_TOKEN'
  | 'TWILIO_VOICE_FROM'
  | 'VONAGE_BASE_URL'
  | 'VONAGE_API_KEY'
  | 'VONAGE_API_SECRET'
  | 'INFOBIP_BASE_URL'
  | 'INFOBIP_API_KEY'
>;

/**
 * The providers of each country in their order: its own, where the settings name some, and else those of all.
 *
 * @param reportPath where their delivery reports come in, each below it by its name
 */
export function makeSmsProviders(config: SmsConfig, clock: Clock, reportPath = '/api/v1/auth/webhooks'): SmsProviders {
  const made = makeEach(config, clock, reportPath);
  const named = new Map(config.SMS_PROVIDERS_BY_COUNTRY.map(orderOf));
  const byCountry = new Map(
    COUNTRIES.map((country) => [country, (named.get(country) ?? config.SMS_PROVIDERS).map((name) => made[name])]),
  );
  return (country) => byCountry.get(country)!;
}

/** Reads `ID=infobip+vonage`. */
function orderOf(text: string): readonly [Country, readonly SmsProviderName[]] {
  const [country, names = ''] = text.split('=');
  return [country as Country, names.split('+').map((name) => SmsProviderName.parse(name))];
}

function makeEach(config: SmsConfig, clock: Clock, reportPath: string): Readonly<Record<SmsProviderName, SmsProvider>> {
  const reportUrl = (name: SmsProviderName) => `${config.PUBLIC_URL}${reportPath}/${name}`;
  const twilio = {
    baseUrl: config.TWILIO_BASE_URL,
    accountSid: config.TWILIO_ACCOUNT_SID,
    authToken: config.TWILIO_AUTH_TOKEN,
  };
  return {
    twilio: makeTwilio({ ...twilio, reportUrl: reportUrl('twilio') }),
    twilio_voice: makeTwilioVoice({
      ...twilio,
      reportUrl: reportUrl('twilio_voice'),
      callerNumber: config.TWILIO_VOICE_FROM,
    }),
    vonage: makeVonage({
      baseUrl: config.VONAGE_BASE_URL,
      apiKey: config.VONAGE_API_KEY,
      apiSecret: config.VONAGE_API_SECRET,
      reportUrl: reportUrl('vonage'),
      clock,
    }),
    infobip: makeInfobip({
      baseUrl: config.INFOBIP_BASE_URL,
      apiKey: config.INFOBIP_API_KEY,
      reportUrl: reportUrl('infobip'),
    }),
  };
}
