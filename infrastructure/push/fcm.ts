import { z } from 'zod';
import type { Handed, Push, PushProvider } from '#services/notifications/channels/ports.ts';
import { type Clock, SECOND } from '#shared/time.ts';
import { makeGoogleToken, type ServiceAccount } from './google-token.ts';
import { handedOfFailure } from './network-failure.ts';
import { retryAfterS } from './retry-after.ts';

export type FcmOptions = ServiceAccount & {
  /** `https://fcm.googleapis.com` */
  readonly baseUrl: string;
  readonly projectId: string;
  readonly clock: Clock;
};

const ANSWER_WITHIN_MS = 8 * SECOND;
/** Of notification and data together (firebase.google.com/docs/cloud-messaging/concept-options). */
const PAYLOAD_BYTES_MAX = 4096;

const Sent = z.object({ name: z.string().min(1).max(300) });
const Failed = z.object({
  error: z.object({ details: z.array(z.looseObject({ errorCode: z.string().optional() })).optional() }),
});

/** Firebase Cloud Messaging, HTTP v1. */
export function makeFcm({ baseUrl, projectId, clock, ...account }: FcmOptions): PushProvider {
  const url = `${baseUrl}/v1/projects/${encodeURIComponent(projectId)}/messages:send`;
  const tokens = makeGoogleToken(account, clock);

  async function post(body: string, token: string): Promise<Response> {
    return await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      redirect: 'error',
    });
  }

  async function send(push: Push): Promise<Handed> {
    const message = messageOf(push);
    if (message === undefined) return { outcome: 'refused', blame: 'message', reason: 'is too large' };
    const body = JSON.stringify({ message });
    try {
      // A token that was taken back is refused before anything is sent, so once more is safe.
      for (const isLast of [false, true]) {
        const token = await tokens.get();
        if (token === undefined) return { outcome: 'refused', blame: 'provider', reason: 'gives no token' };
        const response = await post(body, token);
        if (response.status === 401) tokens.forget(token);
        if (response.status !== 401 || isLast) return await handedOf(response, clock);
      }
    } catch (error) {
      return handedOfFailure(error);
    }
    return { outcome: 'refused', blame: 'provider', reason: 'answered 401' };
  }

  return { name: 'fcm', send };
}

/** Undefined when there is more of it than FCM takes. Of those with one tag and collapse key Android shows the last. */
function messageOf({ target, title, body, data, urgent, collapseKey, keptForMs, locale }: Push): object | undefined {
  if (target.platform === 'webpush') return undefined;
  const notification = { title, body };
  const all = { ...data, locale };
  if (Buffer.byteLength(JSON.stringify({ notification, data: all })) > PAYLOAD_BYTES_MAX) return undefined;
  return {
    token: target.token,
    notification,
    data: all,
    android: {
      collapse_key: collapseKey,
      priority: urgent ? 'HIGH' : 'NORMAL',
      ttl: `${Math.round(keptForMs / SECOND)}s`,
      notification: { tag: collapseKey },
    },
  };
}

async function handedOf(response: Response, clock: Clock): Promise<Handed> {
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok) {
    const sent = Sent.safeParse(body);
    return sent.success
      ? { outcome: 'accepted', ref: sent.data.name }
      : { outcome: 'unknown', reason: 'answered in an unknown form' };
  }
  const details = Failed.safeParse(body).data?.error.details ?? [];
  const code = details.find(({ errorCode }) => errorCode !== undefined)?.errorCode;
  const reason = `answered ${response.status}${code === undefined ? '' : ` ${code}`}`;
  switch (code) {
    case 'UNREGISTERED':
    // The token is another project's: no push of ours will ever reach it.
    case 'SENDER_ID_MISMATCH':
      return { outcome: 'refused', blame: 'address', reason };
    case 'INVALID_ARGUMENT':
      return { outcome: 'refused', blame: 'message', reason };
    case undefined:
      // A server that broke, or a proxy before it that gave up, does not say how far it had got.
      if (response.status >= 500 && response.status !== 503) return { outcome: 'unknown', reason };
  }
  const wait = retryAfterS(response.headers.get('retry-after'), clock);
  return { outcome: 'refused', blame: 'provider', reason, retryAfterS: wait };
}
