import type { Config } from '#infrastructure/config/settings.ts';
import { readPrivateKey } from '#infrastructure/keys/read-private-key.ts';
import type { PushPlatform, PushProvider } from '#services/notifications/channels/ports.ts';
import type { Clock } from '#shared/time.ts';
import { makeApns } from './apns.ts';
import { makeFcm } from './fcm.ts';
import { makeWebPush } from './webpush.ts';

export type PushProviders = { readonly of: (platform: PushPlatform) => PushProvider; close(): void };

/** The platforms that the settings name. They connect when the first push goes out. */
export function makePushProviders(config: Config, clock: Clock): PushProviders {
  const apns = makeApns({
    baseUrl: config.APNS_BASE_URL,
    teamId: config.APNS_TEAM_ID,
    keyId: config.APNS_KEY_ID,
    topic: config.APNS_TOPIC,
    privateKey: readPrivateKey(config.APNS_PRIVATE_KEY),
    clock,
  });
  const made: Readonly<Record<PushPlatform, PushProvider>> = {
    fcm: makeFcm({
      baseUrl: config.FCM_BASE_URL,
      tokenUrl: config.FCM_TOKEN_URL,
      projectId: config.FCM_PROJECT_ID,
      clientEmail: config.FCM_CLIENT_EMAIL,
      privateKey: readPrivateKey(config.FCM_PRIVATE_KEY),
      clock,
    }),
    apns,
    webpush: makeWebPush({
      privateKey: config.VAPID_PRIVATE_KEY,
      subject: config.VAPID_SUBJECT,
      sandboxUrl: webPushSandbox(config),
      clock,
    }),
  };
  return { of: (platform) => made[platform], close: () => apns.close() };
}

/** Below what endpoints of the sandbox's browsers lie; undefined where there is none. */
export function webPushSandbox({ SANDBOX_URL, TCHAT_PROFILE }: Config): string | undefined {
  return SANDBOX_URL === undefined || TCHAT_PROFILE === 'production' ? undefined : `${SANDBOX_URL}/webpush`;
}
