import { regionOf, type NotificationId } from '#shared/ids.ts';
import type { Country } from '#shared/regions.ts';
import type { ChannelsPorts } from './ports.ts';
import { attemptsOf, hasOthers, reportedState } from './store/attempts.ts';

type Ports = Pick<ChannelsPorts, 'databases' | 'mail' | 'texts' | 'noteReport'>;

type Reported = {
  readonly way: 'email' | 'sms';
  readonly notificationId: NotificationId;
  readonly country: Country;
  readonly provider: string;
  readonly isForGood: boolean;
};

/**
 * Says of a notification what a provider has reported about its attempt at it. After a failure it goes on to the next
 * provider of its way, as long as there is one that has not had it; each has it once.
 *
 * @returns `nothing to tell` where nothing was reported, or another provider has it
 */
export async function tellReported(
  ports: Ports,
  { way, notificationId, country, provider, isForGood }: Reported,
): Promise<'told' | 'nothing new' | 'nothing to tell'> {
  const database = ports.databases.of(country);
  const attempt = { notificationId, provider };
  const status = await reportedState(database, attempt);
  const isFailureOfMany = status === 'failed' && (await hasOthers(database, attempt));
  if (status === undefined || isFailureOfMany) return 'nothing to tell';
  const goesOn = status === 'failed' && !isForGood && (await hasNext(ports, way, country, notificationId));
  return (await ports.noteReport({ notificationId, status, goesOn })) ? 'told' : 'nothing new';
}

/** Whether a provider is left that may be given it. */
async function hasNext(
  { databases, mail, texts }: Ports,
  way: 'email' | 'sms',
  country: Country,
  notificationId: NotificationId,
): Promise<boolean> {
  const ranked = await (way === 'email' ? mail : texts).ranked(country);
  const attempts = await attemptsOf(databases.of(country), { notificationId, way });
  const hadIt = new Set(attempts.flatMap(({ provider, blame }) => (blame === 'provider' ? [] : [provider])));
  return ranked.some(({ name }) => !hadIt.has(name));
}

/** Looks for the report of a notification that was written down as sent just now: it may have come before that. */
export function makeFindReport(ports: Ports) {
  return async (notificationId: NotificationId, way: 'email' | 'sms', provider: string): Promise<void> => {
    const country = regionOf(notificationId) as Country;
    await tellReported(ports, { way, notificationId, country, provider, isForGood: false });
  };
}
