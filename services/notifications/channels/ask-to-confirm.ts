import type { Log } from '#shared/log.ts';
import { type NotificationId, regionOf } from '#shared/ids.ts';
import type { Country } from '#shared/regions.ts';
import { byPreference } from './by-preference.ts';
import { confirmToken } from './confirm-link.ts';
import type { ChannelsPorts } from './ports.ts';
import { MINUTE } from '#shared/time.ts';
import { addressByConfirmId, unaskedAddresses } from './store/addresses.ts';
import { findSuppression } from './store/suppressions.ts';
import { digestible, suppress } from './suppress.ts';

type Ports = Pick<
  ChannelsPorts,
  'databases' | 'outbox' | 'keyring' | 'clock' | 'recipients' | 'templates' | 'mail' | 'meters' | 'publicUrl'
> & { readonly log: Log };

/**
 * Sends the mail that asks whether someone reads mail there. Nothing is sent once that has been answered, was asked anew,
 * or cannot be any more; sending it again sends no second one.
 *
 * @throws {AppError} UPSTREAM_UNAVAILABLE when no provider could be reached now
 */
export function makeAskToConfirm(ports: Ports) {
  const { databases, keyring, clock, recipients, templates, publicUrl } = ports;
  return async (id: NotificationId): Promise<void> => {
    const country = regionOf(id) as Country;
    const database = databases.of(country);
    const row = await addressByConfirmId(database, id);
    if (row === undefined || row.confirm_until! <= clock()) return;
    const recipient = (await recipients.find([row.user_id])).get(row.user_id);
    if (recipient === undefined || recipient.status === 'deleted') return;
    const to = keyring.open(row.user_id, row.pending_sealed!);
    if ((await findSuppression(database, 'email', keyring.digests('email', digestible(to)))) !== undefined) return;
    const link = `${publicUrl}/api/v1/notifications/email/confirm?token=${confirmToken(keyring, id)}`;
    const written = templates.render('email.confirm_address', {
      way: 'email',
      locale: row.locale,
      zone: recipient.timezone,
      variables: { link },
    });
    const { subject, text, html, locale } = written;
    const handled = await byPreference(ports, database, ports.mail, {
      notificationId: id,
      way: 'email',
      country,
      urgent: false,
      call: (provider) => ({ send: () => provider.send({ id, to, subject, text, html, locale }), isHarmless: false }),
    });
    if (handled.kind === 'nobody') {
      const { provider } = handled;
      await suppress(ports, { country, way: 'email', address: to, for: 'hard_bounce', provider, notificationId: id });
    }
  };
}

/** Asked again at a time, and not before the first try is over. */
const AGAIN_MAX = 100;
const AGAIN_AFTER_MS = MINUTE;

/** Asks those whom nobody could ask yet, as long as their links work. @returns how many it tried */
export function makeAskAgain(ports: Ports) {
  const askToConfirm = makeAskToConfirm(ports);
  return async (): Promise<number> => {
    const waiting = await Promise.all(
      ports.databases.all.map((database) => unaskedAddresses(database, AGAIN_AFTER_MS, AGAIN_MAX)),
    );
    for (const id of waiting.flat()) {
      await askToConfirm(id).catch((err: unknown) =>
        ports.log.warn({ err, confirmId: id }, 'an address waits to be asked'),
      );
    }
    return waiting.flat().length;
  };
}
