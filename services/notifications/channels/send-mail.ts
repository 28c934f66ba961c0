import type { Outcome, Parcel } from '../ports.ts';
import { byPreference } from './by-preference.ts';
import type { DeliverPorts } from './deliver.ts';
import { findAddress } from './store/addresses.ts';
import { findSuppression } from './store/suppressions.ts';
import { digestible, suppress } from './suppress.ts';
import { unsubscribeUrl } from './unsubscribe-link.ts';

/** Mails someone at the address that they have confirmed. */
export async function sendMail(ports: DeliverPorts, parcel: Parcel): Promise<Outcome> {
  const { databases, keyring, mail: ranking, publicUrl } = ports;
  const { notificationId, recipient, written, channel, urgent } = parcel;
  const { userId, country } = recipient;
  const database = databases.of(country);
  const row = await findAddress(database, userId);
  if (row === undefined || row.sealed === null) return { kind: 'no_address' };
  const to = keyring.open(userId, row.sealed);
  const digests = keyring.digests('email', digestible(to));
  if ((await findSuppression(database, 'email', digests)) !== undefined) return { kind: 'suppressed' };
  const mail = {
    id: notificationId,
    to,
    subject: written.subject,
    text: written.text,
    html: written.html,
    locale: written.locale,
    unsubscribeUrl: unsubscribeUrl({ keyring, publicUrl }, userId, channel),
  };
  const handled = await byPreference(ports, database, ranking, {
    notificationId,
    way: 'email',
    country,
    urgent,
    // Nothing makes two mails one for sure, though most mailboxes know the Message-ID.
    call: (provider) => ({ send: () => provider.send(mail), isHarmless: false }),
  });
  if (handled.kind !== 'nobody') return handled;
  const { provider } = handled;
  await suppress(ports, { country, way: 'email', address: to, for: 'hard_bounce', provider, notificationId });
  return { kind: 'refused', reason: `${provider} ${handled.reason}` };
}
