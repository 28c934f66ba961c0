import { AppError } from '#shared/errors.ts';
import { type ChallengeId, regionOf } from '#shared/ids.ts';
import type { Country, Locale } from '#shared/regions.ts';
import type { Databases } from '#shared/sql.ts';
import type { SmsProviders } from '../ports.ts';
import { forgetOldNumber, oldNumberOf, type PhoneChangeId } from './store.ts';

/** Brand first, no link and no number to call, as texts with codes have it; one part each. */
const WORDS: Readonly<Record<Locale, string>> = {
  en: 'Tchat: the phone number of your account was changed. If that was not you, tell us in the app at once.',
  th: 'Tchat: มีการเปลี่ยนเบอร์โทรของบัญชีคุณ หากไม่ใช่คุณ แจ้งเราในแอปทันที',
  id: 'Tchat: nomor telepon akun Anda telah diganti. Jika bukan Anda, segera beri tahu kami di aplikasi.',
  ms: 'Tchat: nombor telefon akaun anda telah ditukar. Jika bukan anda, beritahu kami segera dalam aplikasi.',
  fil: 'Tchat: pinalitan ang numero ng iyong account. Kung hindi ikaw, sabihin agad sa amin sa app.',
  vi: 'Tchat: so dien thoai tai khoan cua ban da duoc doi. Neu khong phai ban, hay bao ngay trong ung dung.',
};

/** Texts to Malaysian numbers say first that they are free of charge. */
const PREFIXES: Readonly<Partial<Record<Country, string>>> = { MY: 'RM0 ' };

export type TellOldNumberPorts = { readonly databases: Databases; readonly providers: SmsProviders };

/**
 * Tells whoever holds the number that an account has left, once a provider has taken the text; the number is forgotten
 * with that. A provider that may have it is believed to: hearing it twice does no harm, but never hearing it does.
 *
 * @throws {AppError} UPSTREAM_UNAVAILABLE when no provider takes it
 */
export async function tellOldNumber(
  { databases, providers }: TellOldNumberPorts,
  id: PhoneChangeId,
  country: Country,
): Promise<void> {
  const database = databases.of(regionOf(id));
  const old = await oldNumberOf(database, id);
  if (old === undefined) return;
  const sms = {
    to: old.number,
    text: (PREFIXES[country] ?? '') + WORDS[old.locale],
    code: '',
    locale: old.locale,
    // Reports name it, and are about nothing that anybody waits for.
    reference: id as string as ChallengeId,
  };
  for (const provider of providers(country)) {
    if (provider.channel !== 'sms') continue;
    const handed = await provider.send(sms);
    // A number that is none any more has nobody to be told.
    if (handed.outcome === 'refused' && handed.blame === 'provider') continue;
    await forgetOldNumber(database, id);
    return;
  }
  throw new AppError('UPSTREAM_UNAVAILABLE', { message: 'No provider takes the text' });
}
