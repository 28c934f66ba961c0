import type { KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { z } from 'zod';
import type { Handed, Push, PushProvider } from '#services/notifications/channels/ports.ts';
import { type Clock, MINUTE, SECOND } from '#shared/time.ts';
import { type Answer, makeApnsConnection } from './apns-connection.ts';
import { handedOfFailure } from './network-failure.ts';
import { retryAfterS } from './retry-after.ts';

export type ApnsOptions = {
  /** `https://api.push.apple.com` */
  readonly baseUrl: string;
  readonly teamId: string;
  readonly keyId: string;
  readonly privateKey: KeyObject;
  /** The app's bundle id. */
  readonly topic: string;
  readonly clock: Clock;
};

export type ApnsProvider = PushProvider & { close(): void };

const PAYLOAD_BYTES_MAX = 4096;
/** Apple refuses tokens of more than an hour, and those that are renewed more often than every 20 minutes. */
const TOKEN_LIFE_MS = 40 * MINUTE;
const COLLAPSE_ID_BYTES_MAX = 64;

const Refused = z.object({ reason: z.string() });

/** Reasons that speak of us, and not of this push (developer.apple.com, "Handling notification responses from APNs"). */
const OUR_FAULTS = new Set([
  'ExpiredProviderToken',
  'InvalidProviderToken',
  'MissingProviderToken',
  'TooManyProviderTokenUpdates',
  'BadCertificate',
  'BadCertificateEnvironment',
  'Forbidden',
]);
const NOBODY_THERE = new Set(['BadDeviceToken', 'Unregistered', 'ExpiredToken', 'DeviceTokenNotForTopic']);

/** Apple's push service over HTTP/2, by provider tokens. */
export function makeApns({ baseUrl, teamId, keyId, privateKey, topic, clock }: ApnsOptions): ApnsProvider {
  const connection = makeApnsConnection(baseUrl);
  let kept: { readonly token: Promise<string>; readonly at: number } | undefined;

  function providerToken(): Promise<string> {
    const now = clock().getTime();
    if (kept === undefined || now - kept.at >= TOKEN_LIFE_MS) {
      const token = new SignJWT()
        .setProtectedHeader({ alg: 'ES256', kid: keyId })
        .setIssuer(teamId)
        .setIssuedAt(Math.floor(now / SECOND))
        .sign(privateKey);
      kept = { token, at: now };
    }
    return kept.token;
  }

  async function send(push: Push): Promise<Handed> {
    const body = payloadOf(push);
    if (push.target.platform !== 'apns' || body.length > PAYLOAD_BYTES_MAX) {
      return { outcome: 'refused', blame: 'message', reason: 'is too large' };
    }
    try {
      // A token that has expired is refused before anything is sent, so once more is safe.
      for (const isLast of [false, true]) {
        const answer = await connection.post(
          `/3/device/${push.target.token}`,
          { ...headersOf(push, topic, clock), authorization: `bearer ${await providerToken()}` },
          body,
        );
        const handed = handedOf(push.id, answer, clock);
        if (handed.outcome !== 'refused' || !handed.reason.endsWith('ExpiredProviderToken')) return handed;
        kept = undefined;
        if (isLast) return handed;
      }
    } catch (error) {
      return handedOfFailure(error);
    }
    return { outcome: 'refused', blame: 'provider', reason: 'answered 403' };
  }

  return { name: 'apns', send, close: () => connection.close() };
}

function headersOf(push: Push, topic: string, clock: Clock): Readonly<Record<string, string>> {
  return {
    'apns-id': push.id,
    'apns-topic': topic,
    'apns-push-type': 'alert',
    'apns-priority': push.urgent ? '10' : '5',
    'apns-expiration': String(Math.floor((clock().getTime() + push.keptForMs) / SECOND)),
    'apns-collapse-id': Buffer.from(push.collapseKey).subarray(0, COLLAPSE_ID_BYTES_MAX).toString('utf8'),
  };
}

function payloadOf({ title, body, data, locale, urgent }: Push): Buffer {
  const interruption = urgent ? 'time-sensitive' : 'active';
  const aps = { alert: { title, body }, sound: 'default', 'interruption-level': interruption };
  return Buffer.from(JSON.stringify({ aps, data: { ...data, locale } }));
}

function handedOf(id: string, { status, apnsId, retryAfter, body }: Answer, clock: Clock): Handed {
  if (status === 200) return { outcome: 'accepted', ref: apnsId ?? id };
  const why = reasonIn(body);
  const reason = `answered ${status}${why === undefined ? '' : ` ${why}`}`;
  if (status === 410 || NOBODY_THERE.has(why ?? '')) return { outcome: 'refused', blame: 'address', reason };
  const isOurs = status === 429 || status === 503 || OUR_FAULTS.has(why ?? '');
  if (isOurs) {
    const wait = retryAfterS(retryAfter, clock);
    return { outcome: 'refused', blame: 'provider', reason, retryAfterS: wait };
  }
  return status >= 500 ? { outcome: 'unknown', reason } : { outcome: 'refused', blame: 'message', reason };
}

function reasonIn(body: string): string | undefined {
  try {
    const parsed = Refused.safeParse(JSON.parse(body)).data;
    return /^\w{1,60}$/.exec(parsed?.reason ?? '')?.[0];
  } catch {
    return undefined;
  }
}
