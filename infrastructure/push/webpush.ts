import { createECDH, createHash } from 'node:crypto';
import webPush from 'web-push';
import type { Handed, Push, PushProvider } from '#services/notifications/channels/ports.ts';
import { type Clock, SECOND } from '#shared/time.ts';
import { makeHostGate } from './host-gate.ts';
import { handedOfFailure } from './network-failure.ts';
import { type Posted, publicPost } from './public-post.ts';
import { retryAfterS } from './retry-after.ts';

export type WebPushOptions = {
  /** The scalar of a P-256 key, base64url. */
  readonly privateKey: string;
  /** Who can be written to about our pushes: a mailto: or https: address. */
  readonly subject: string;
  /** Endpoints below this may be plain http on this machine: the sandbox. Undefined allows none. */
  readonly sandboxUrl?: string | undefined;
  readonly clock: Clock;
};

const ANSWER_WITHIN_MS = 8 * SECOND;
/** Push services take 4096 bytes, of which the coding needs some (RFC 8030 section 7.2, RFC 8291 section 4). */
const PAYLOAD_BYTES_MAX = 3993;
/** RFC 8030 section 5.4. */
const TOPIC_CHARACTERS_MAX = 32;

const HOST_IS_SLOW: Handed = { outcome: 'refused', blame: 'provider', reason: 'comes to its turn later: slow host' };

/** The public key that browsers are given to subscribe with: an uncompressed point, base64url. */
export function vapidPublicKey(privateKey: string): string {
  const keys = createECDH('prime256v1');
  keys.setPrivateKey(privateKey, 'base64url');
  return keys.getPublicKey('base64url');
}

/**
 * Browsers' push services (RFC 8030, 8291) with VAPID (RFC 8292). What is sent is sealed for the browser. Whoever registers an
 * endpoint chooses the host: one that answers late gets few calls at a time, and what is for it is put off.
 */
export function makeWebPush({ privateKey, subject, sandboxUrl, clock }: WebPushOptions): PushProvider {
  const vapidDetails = { subject, publicKey: vapidPublicKey(privateKey), privateKey };
  const gate = makeHostGate();

  async function post(url: string, headers: Readonly<Record<string, string>>, body: Buffer): Promise<Posted> {
    if (sandboxUrl === undefined || !url.startsWith(`${sandboxUrl}/`)) return await publicPost(url, headers, body);
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body: Uint8Array.from(body),
      signal,
      redirect: 'error',
    });
    await response.body?.cancel();
    return { status: response.status, header: (name) => response.headers.get(name) ?? undefined };
  }

  async function send(push: Push): Promise<Handed> {
    const { target, id } = push;
    const payload = payloadOf(push);
    if (target.platform !== 'webpush' || payload.length > PAYLOAD_BYTES_MAX) {
      return { outcome: 'refused', blame: 'message', reason: 'is too large' };
    }
    let details;
    try {
      details = webPush.generateRequestDetails(
        { endpoint: target.endpoint, keys: { p256dh: target.p256dh, auth: target.auth } },
        payload,
        {
          vapidDetails,
          TTL: Math.round(push.keptForMs / SECOND),
          urgency: push.urgent ? 'high' : 'normal',
          topic: topicOf(push.collapseKey),
          contentEncoding: 'aes128gcm',
        },
      );
    } catch {
      // Keys that are no keys: nothing can ever be sealed for them.
      return { outcome: 'refused', blame: 'address', reason: 'has keys that do not fit' };
    }
    const headers = Object.fromEntries(Object.entries(details.headers));
    try {
      const { host } = new URL(target.endpoint);
      const posted = await gate.through(host, () => post(target.endpoint, headers, details.body));
      return posted === undefined ? HOST_IS_SLOW : handedOf(id, posted, clock);
    } catch (error) {
      return handedOfFailure(error);
    }
  }

  return { name: 'webpush', send };
}

/** What the page's service worker is given. Of notifications with one `tag` a browser shows the last. */
function payloadOf({ title, body, data, collapseKey, locale }: Push): Buffer {
  return Buffer.from(JSON.stringify({ title, body, tag: collapseKey, data: { ...data, locale } }));
}

function topicOf(collapseKey: string): string {
  return createHash('sha256').update(collapseKey).digest('base64url').slice(0, TOPIC_CHARACTERS_MAX);
}

function handedOf(id: string, { status, header }: Posted, clock: Clock): Handed {
  if (status >= 200 && status < 300) return { outcome: 'accepted', ref: header('location')?.slice(0, 300) ?? id };
  const reason = `answered ${status}`;
  if (status === 404 || status === 410) return { outcome: 'refused', blame: 'address', reason };
  const isLater = status === 429 || status === 503 || status === 401 || status === 403;
  if (isLater) {
    return { outcome: 'refused', blame: 'provider', reason, retryAfterS: retryAfterS(header('retry-after'), clock) };
  }
  return status >= 500 ? { outcome: 'unknown', reason } : { outcome: 'refused', blame: 'message', reason };
}
