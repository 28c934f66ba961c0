import type { KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { z } from 'zod';
import { type Clock, HOUR, MINUTE, SECOND } from '#shared/time.ts';

export type ServiceAccount = {
  readonly clientEmail: string;
  readonly privateKey: KeyObject;
  /** Google's token endpoint, also the audience of what is signed. */
  readonly tokenUrl: string;
};

const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const ANSWER_WITHIN_MS = 5 * SECOND;
/** A token that ends this soon is renewed before it is used. */
const RENEW_BEFORE_MS = 5 * MINUTE;

const Granted = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });

export type GoogleToken = {
  /** An access token that is good for a while; undefined when Google gives none now. */
  get(): Promise<string | undefined>;
  /** What was got is refused: the next is asked for anew. */
  forget(token: string): void;
};

/** Access tokens for a service account by a JWT that it signs (RFC 7523). One is asked for at a time, and kept. */
export function makeGoogleToken({ clientEmail, privateKey, tokenUrl }: ServiceAccount, clock: Clock): GoogleToken {
  let kept: { readonly token: string; readonly until: number } | undefined;
  let asking: Promise<string | undefined> | undefined;

  async function ask(): Promise<string | undefined> {
    const now = clock().getTime();
    const assertion = await new SignJWT({ scope: SCOPE })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
      .setIssuer(clientEmail)
      .setAudience(tokenUrl)
      .setIssuedAt(Math.floor(now / SECOND))
      .setExpirationTime(Math.floor((now + HOUR) / SECOND))
      .sign(privateKey);
    const response = await fetch(tokenUrl, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: GRANT, assertion }),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      redirect: 'error',
    }).catch(() => undefined);
    const granted = Granted.safeParse(await response?.json().catch(() => undefined));
    if (response?.ok !== true || !granted.success) return undefined;
    kept = { token: granted.data.access_token, until: now + granted.data.expires_in * SECOND - RENEW_BEFORE_MS };
    return kept.token;
  }

  return {
    get: async () => {
      if (kept !== undefined && clock().getTime() < kept.until) return kept.token;
      asking ??= ask().finally(() => (asking = undefined));
      return await asking;
    },
    forget: (token) => {
      if (kept?.token === token) kept = undefined;
    },
  };
}
