import type { ChallengeId } from '#shared/ids.ts';
import type { Country } from '#shared/regions.ts';
import { IP, PHONE, type TestAuth } from './open-auth.ts';

export type Sent = {
  readonly channel: string;
  readonly provider: string;
  readonly text: string;
  readonly locale: string;
};

/** Asks for a code as an app does, or as a browser on a page. */
export async function requested(
  at: TestAuth,
  { localeTag = 'en', country = 'TH', phone = PHONE, origin }: Partial<Request> = {},
): Promise<ChallengeId> {
  await at.auth.sendOtp({ phoneNumber: phone, country, localeTag, ip: IP, origin });
  return (await at.challengeOf(phone))!;
}

type Request = {
  readonly localeTag: string;
  readonly country: Country;
  readonly phone: string;
  readonly origin: string | undefined;
};

/** What a telephone received, newest first. */
export async function inbox(at: TestAuth, phone: string = PHONE): Promise<readonly Sent[]> {
  const { body } = await at.sandbox.call(`/sandbox/inbox?to=${encodeURIComponent(phone)}`);
  return body as Sent[];
}

export async function fault(at: TestAuth, target: string, kind: string, count = 1): Promise<void> {
  await at.sandbox.call('/sandbox/faults', { body: { target, kind, count } });
}

export async function statuses(at: TestAuth) {
  const text = 'SELECT provider, status FROM auth.otp_deliveries ORDER BY attempt';
  return await at.db.database.rows<{ provider: string; status: string }>({ name: '', text });
}
