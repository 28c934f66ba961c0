import { makeMailProviders } from '#infrastructure/email/mail-providers.ts';
import { makeReadSesEvents } from '#infrastructure/email/ses-events.ts';
import { channelMeters, showMailStanding } from '#infrastructure/metrics/channel-metrics.ts';
import { makePushProviders, webPushSandbox } from '#infrastructure/push/push-providers.ts';
import { vapidPublicKey } from '#infrastructure/push/webpush.ts';
import { deliveryMetrics } from '#infrastructure/sms/delivery-metrics.ts';
import { makeSmsProviders } from '#infrastructure/sms/providers.ts';
import { RELAXED_FACTOR } from '#gateway/limits/rate-classes.ts';
import { liveSessionsOf } from '#services/auth/live-sessions.ts';
import type { Handed as TextHanded, Sms, SmsProvider } from '#services/auth/ports.ts';
import { makeProviderHealth } from '#services/auth/provider-health.ts';
import { makeKeyring } from '#services/notifications/channels/keyring.ts';
import type { Handed, Ranking, Text, TextProvider } from '#services/notifications/channels/ports.ts';
import { type ChannelsService, makeChannels } from '#services/notifications/channels/service.ts';
import { makeNoteReport } from '#services/notifications/note-report.ts';
import type { NotificationsPorts } from '#services/notifications/ports.ts';
import { AppError } from '#shared/errors.ts';
import type { ChallengeId } from '#shared/ids.ts';
import { COUNTRIES } from '#shared/regions.ts';
import type { Ground } from './ground.main.ts';
import { stepUpOf } from './wire-step-up.main.ts';

export type OpenChannels = { readonly channels: ChannelsService; readonly close: () => Promise<void> };

/**
 * How notifications leave the house, over the providers that the settings name.
 *
 * @param notifications what notifications stand on themselves
 */
export function openChannels(ground: Ground, notifications: NotificationsPorts): OpenChannels {
  const { config, clock, databases, log } = ground;
  const mail = makeMailProviders(config);
  const push = makePushProviders(config, clock);
  const sms = makeSmsProviders(config, clock, '/api/v1/notifications/webhooks');
  const mailHealth = makeProviderHealth({
    databases,
    providers: (country) => mail.of(country).map((provider) => ({ ...provider, channel: 'email' as const })),
    metrics: { standing: showMailStanding },
    log,
  });
  const channels = makeChannels({
    ...ground,
    keyring: makeKeyring(config.NOTIFICATION_KEY),
    recipients: notifications.recipients,
    templates: notifications.templates,
    stepUp: stepUpOf(ground),
    liveSessions: (userId) => liveSessionsOf(databases, userId),
    meters: channelMeters,
    budgetFactor: config.RATE_LIMITS === 'relaxed' ? RELAXED_FACTOR : 1,
    mail: mailHealth,
    // How providers of texts do is known from codes as well, and the other way round.
    texts: textsOver(makeProviderHealth({ databases, providers: sms, metrics: deliveryMetrics, log })),
    push: push.of,
    readTextReport: async (name, request) => {
      const provider = COUNTRIES.flatMap(sms).find((candidate) => candidate.name === name);
      if (provider === undefined) throw new AppError('NOT_FOUND');
      const { reference, messageId, status } = await provider.readReport(request);
      return { reference, ref: messageId, status };
    },
    readMailReport: makeReadSesEvents({ snsUrl: config.MAIL_EVENTS_URL, topicArn: config.MAIL_EVENTS_TOPIC, clock }),
    noteReport: makeNoteReport(notifications),
    textPrices: config.OTP_TEXT_PRICES,
    textsPerDay: config.NOTIFICATION_SMS_PER_DAY,
    publicUrl: config.PUBLIC_URL,
    vapidPublicKey: vapidPublicKey(config.VAPID_PRIVATE_KEY),
    sandboxUrl: webPushSandbox(config),
  });
  return {
    channels,
    close: async () => {
      mail.close();
      push.close();
    },
  };
}

/** The providers that bring codes, as far as they text, for texts of any kind. */
function textsOver(health: ReturnType<typeof makeProviderHealth<SmsProvider>>): Ranking<TextProvider> {
  return {
    ranked: async (country) =>
      (await health.ranked(country)).filter(({ channel }) => channel === 'sms').map(textProvider),
    note: (country, name, happened) => health.note(country, name as SmsProvider['name'], happened),
  };
}

function textProvider(provider: SmsProvider): TextProvider {
  const smsOf = ({ to, text, locale, reference }: Text): Sms => {
    // Reports bring the reference back, and it is of a notification there.
    return { to, text, locale, code: '', reference: reference as ChallengeId };
  };
  const find = provider.find?.bind(provider);
  return {
    name: provider.name,
    send: async (text) => handedOf(await provider.send(smsOf(text))),
    ...(find === undefined
      ? {}
      : {
          find: async (text) => {
            const found = await find(smsOf(text));
            return found.outcome === 'found' ? { outcome: 'found', ref: found.messageId } : found;
          },
        }),
  };
}

function handedOf(handed: TextHanded): Handed {
  if (handed.outcome === 'accepted') return { outcome: 'accepted', ref: handed.messageId };
  if (handed.outcome === 'refused' && handed.hasOptedOut === true) {
    return { outcome: 'refused', blame: 'address', reason: handed.reason };
  }
  return handed;
}
