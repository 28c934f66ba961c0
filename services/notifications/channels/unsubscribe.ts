import { AppError } from '#shared/errors.ts';
import type { Locale } from '#shared/regions.ts';
import { PAGE_WORDS } from './page-words.ts';
import type { LinkPage } from './link-page.ts';
import type { ChannelsPorts } from './ports.ts';
import { switchOff } from './switch-off.ts';
import { readUnsubscribeToken, type Unsubscription } from './unsubscribe-link.ts';

type Ports = Pick<ChannelsPorts, 'keyring' | 'recipients'>;

/** Asks whether mails of a channel shall end. @throws {AppError} NOT_FOUND for a link that we have not made */
export function makeShowUnsubscribe(ports: Ports) {
  return async (token: string): Promise<LinkPage> => {
    const { channel, locale } = await read(ports, token);
    const { unsubscribe, about } = PAGE_WORDS[locale];
    return { locale, title: unsubscribe.title, paragraphs: [about[channel]], button: unsubscribe.button };
  };
}

/** Ends mails of a channel; once more changes nothing. @throws {AppError} NOT_FOUND for a link that we have not made */
export function makeUnsubscribe(ports: Ports & Pick<ChannelsPorts, 'databases' | 'outbox' | 'clock'>) {
  return async (token: string): Promise<LinkPage> => {
    const { userId, channel, locale } = await read(ports, token);
    await switchOff(ports, userId, channel, 'email');
    const { unsubscribe, about } = PAGE_WORDS[locale];
    return { locale, title: unsubscribe.done, paragraphs: [about[channel], unsubscribe.back] };
  };
}

type Read = { readonly locale: Locale; readonly channel: Exclude<Unsubscription['channel'], 'security'> } & Pick<
  Unsubscription,
  'userId'
>;

async function read({ keyring, recipients }: Ports, token: string): Promise<Read> {
  const read = readUnsubscribeToken(keyring, token);
  if (read === undefined || read.channel === 'security') throw new AppError('NOT_FOUND');
  const recipient = (await recipients.find([read.userId])).get(read.userId);
  if (recipient === undefined) throw new AppError('NOT_FOUND');
  return { userId: read.userId, channel: read.channel, locale: recipient.locale };
}
