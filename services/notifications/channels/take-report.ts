import type { ReportingProvider } from '#shared/contracts/notifications/webhooks.ts';
import { AppError } from '#shared/errors.ts';
import { NotificationId, regionOf } from '#shared/ids.ts';
import { COUNTRIES, type Country } from '#shared/regions.ts';
import { findNotification } from '../store/notifications.ts';
import type { ChannelsPorts, ProviderRequest } from './ports.ts';
import { type Attempt, attemptByRef, attemptsOf, reportAttempt } from './store/attempts.ts';
import { suppress } from './suppress.ts';
import { tellReported } from './tell-reported.ts';

type Ports = Pick<
  ChannelsPorts,
  'databases' | 'outbox' | 'keyring' | 'meters' | 'mail' | 'texts' | 'readTextReport' | 'readMailReport' | 'noteReport'
>;

type Said = {
  readonly way: 'email' | 'sms';
  readonly notificationId: NotificationId;
  readonly country: Country;
  /** As attempts name it. */
  readonly provider: string;
  readonly ref: string;
  readonly status: 'delivered' | 'failed';
  /** The address is at fault, so that no other provider would do better. */
  readonly isForGood: boolean;
};

/**
 * Takes over what a provider reports about a text or a mail. What is known already, or about nothing of ours, changes
 * nothing; the first final word about an attempt stands, however late or in whatever order others come.
 *
 * @throws {AppError} UNAUTHORIZED unless the provider signed it, VALIDATION_ERROR when it cannot be read, NOT_FOUND for a
 *   provider that is not in use, UPSTREAM_UNAVAILABLE for a failure of what is being sent at this moment
 */
export function makeTakeReport(ports: Ports) {
  return async (provider: ReportingProvider, request: ProviderRequest): Promise<void> => {
    await (provider === 'ses' ? takeMailReport(ports, request) : takeTextReport(ports, provider, request));
  };
}

async function takeTextReport(ports: Ports, provider: string, request: ProviderRequest): Promise<void> {
  const { reference, ref, status } = await ports.readTextReport(provider, request);
  if (status === 'pending') return;
  const notificationId = NotificationId.safeParse(reference).data ?? (await byRef(ports, ref, [provider]));
  const country = notificationId === undefined ? undefined : homeOf(notificationId);
  if (notificationId === undefined || country === undefined) return;
  const isNew = await apply(ports, { way: 'sms', notificationId, country, provider, ref, status, isForGood: false });
  if (isNew) await ports.texts.note(country, provider, status);
}

async function takeMailReport(ports: Ports, request: ProviderRequest): Promise<void> {
  const report = await ports.readMailReport(request);
  if (report === undefined) return;
  const { reference, ref, status, suppress: toSuppress } = report;
  const notificationId = NotificationId.safeParse(reference).data;
  const country = notificationId === undefined ? undefined : homeOf(notificationId);
  if (notificationId === undefined || country === undefined) return;
  const attempts = await attemptsOf(ports.databases.of(country), { notificationId, way: 'email' });
  const provider = (attempts.find((one) => one.ref === ref) ?? attempts.find(mayHaveIt))?.provider;
  // A report about a mail that we did not send suppresses nobody.
  if (provider === undefined) return;
  for (const address of toSuppress?.addresses ?? []) {
    await suppress(ports, { country, way: 'email', address, for: toSuppress!.for, provider: 'ses', notificationId });
  }
  const isForGood = toSuppress !== undefined;
  if (status !== 'pending') {
    await apply(ports, { way: 'email', notificationId, country, provider, ref, status, isForGood });
  }
}

function mayHaveIt({ state }: Attempt): boolean {
  return state !== 'refused';
}

/** @returns whether it said something new */
async function apply(ports: Ports, said: Said): Promise<boolean> {
  const { way, notificationId, country, provider, ref, status, isForGood } = said;
  const database = ports.databases.of(country);
  const attempt = { notificationId, provider };
  const news = await reportAttempt(database, attempt, status, ref);
  if (news !== undefined) ports.meters.reported(way, provider, status, news.afterMs);
  // Told again as well when it is known: who took it over first may have died before telling.
  const told = await tellReported(ports, { way, notificationId, country, provider, isForGood });
  // Whoever sends it has not written down yet that it was sent: the provider is to say it again in a moment.
  if (told === 'nothing new' && (await findNotification(database, notificationId))?.state === 'sending') {
    throw new AppError('UPSTREAM_UNAVAILABLE', { message: 'It is being sent at this moment', retryAfterS: 1 });
  }
  return news !== undefined;
}

async function byRef(
  { databases }: Ports,
  ref: string,
  providers: readonly string[],
): Promise<NotificationId | undefined> {
  for (const database of databases.all) {
    for (const provider of providers) {
      const found = await attemptByRef(database, ref, provider);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function homeOf(id: NotificationId): Country | undefined {
  const region = regionOf(id);
  return (COUNTRIES as readonly string[]).includes(region) ? (region as Country) : undefined;
}
