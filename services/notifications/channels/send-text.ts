import { smsParts } from '#shared/sms-parts.ts';
import type { Country } from '#shared/regions.ts';
import type { Outcome, Parcel } from '../ports.ts';
import { byPreference } from './by-preference.ts';
import type { DeliverPorts } from './deliver.ts';
import { spendOnText } from './store/text-spend.ts';
import { findSuppression } from './store/suppressions.ts';
import { suppress } from './suppress.ts';

/**
 * Countries where no text of a business may hold a link: Malaysia (MCMC, 2024-09-01), and the Philippines, where it is not
 * certain that one may, and operators block those that do.
 */
const NO_LINKS: ReadonlySet<Country> = new Set(['MY', 'PH']);
const LINK = /\bhttps?:\/\/|\bwww\./i;

/** Texts someone at the number of their account. */
export async function sendText(ports: DeliverPorts, parcel: Parcel): Promise<Outcome> {
  const { databases, keyring, texts: ranking, textPrices, textsPerDay, meters } = ports;
  const { notificationId, recipient, written, urgent } = parcel;
  const { country, phone: to } = recipient;
  if (to === undefined) return { kind: 'no_address' };
  const database = databases.of(country);
  if ((await findSuppression(database, 'sms', keyring.digests('phone', to))) !== undefined)
    return { kind: 'suppressed' };
  const { text, locale } = written;
  if (NO_LINKS.has(country) && LINK.test(text)) return { kind: 'refused', reason: 'no link may be sent there' };
  const sms = { to, text, locale, reference: notificationId };
  const cost = textPrices[country] * BigInt(smsParts(text).parts);
  const handled = await byPreference(ports, database, ranking, {
    notificationId,
    way: 'sms',
    country,
    urgent,
    call: (provider) => ({
      send: () => provider.send(sms),
      find: provider.find === undefined ? undefined : () => provider.find!(sms),
      isHarmless: false,
    }),
    admit: async () => {
      if (await spendOnText(database, country, cost, textsPerDay)) return undefined;
      meters.overBudget(country);
      return { kind: 'refused', reason: 'the budget for texts there is spent' };
    },
  });
  if (handled.kind !== 'nobody') return handled;
  const { provider } = handled;
  await suppress(ports, { country, way: 'sms', address: to, for: 'opted_out', provider, notificationId });
  return { kind: 'refused', reason: `${provider} ${handled.reason}` };
}
