import type { Outcome, Parcel } from '../ports.ts';
import { withUnsubscribe } from '../templates/email.ts';
import { byPreference } from './by-preference.ts';
import type { DeliverPorts } from './deliver.ts';
import { findAddress } from './store/addresses.ts';
import { findFormer } from './store/former-addresses.ts';
import { findSuppression } from './store/suppressions.ts';
import { digestible, suppress } from './suppress.ts';
import { unsubscribeUrl } from './unsubscribe-link.ts';

/** Mails someone at the address that they have confirmed, or of its change at the one that they had. */
export async function sendMail(ports: DeliverPorts, parcel: Parcel): Promise<Outcome> {
  const { databases, keyring, mail: ranking, publicUrl } = ports;
  const { notificationId, recipient, written, channel, urgent } = parcel;
  const { userId, country } = recipient;
  const changeId = parcel.data['change_id'];
  const database = databases.of(country);
  const sealed =
    changeId === undefined
      ? (await findAddress(database, userId))?.sealed
      : await findFormer(database, changeId, userId);
  if (sealed === undefined || sealed === null) return { kind: 'no_address' };
  const to = keyring.open(userId, sealed);
  const digests = keyring.digests('email', digestible(to));
  if ((await findSuppression(database, 'email', digests)) !== undefined) return { kind: 'suppressed' };
  const leave = unsubscribeUrl({ keyring, publicUrl }, userId, channel);
  const { subject, text, html, locale } = leave === undefined ? written : withUnsubscribe(written, leave);
  const mail = { id: notificationId, to, subject, text, html, locale, unsubscribeUrl: leave };
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
