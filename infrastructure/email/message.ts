import type { SendMailOptions } from 'nodemailer/lib/mailer';
import type { Mail } from '#services/notifications/channels/ports.ts';

/** Brings our id back in reports of providers that write a Message-ID of their own. */
const ID_HEADER = 'X-Tchat-Id';

/**
 * A mail as Nodemailer takes it.
 *
 * Its Message-ID is made from our id, so that mailboxes which know it show a second copy as one. `Auto-Submitted` keeps
 * answering machines from answering (RFC 3834).
 *
 * @param from `Tchat <no-reply@tchat.example>`
 */
export function messageOf(mail: Mail, from: string): SendMailOptions & { readonly messageId: string } {
  const domain = /@([^>\s]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';
  return {
    messageId: `<${mail.id}@${domain}>`,
    from,
    // As a structure: a text could be read as several addresses.
    to: { name: '', address: mail.to },
    subject: mail.subject,
    text: mail.text,
    ...(mail.html === undefined ? {} : { html: mail.html }),
    headers: {
      [ID_HEADER]: mail.id,
      'Auto-Submitted': 'auto-generated',
      'Content-Language': mail.locale,
      ...(mail.unsubscribeUrl === undefined
        ? {}
        : {
            'List-Unsubscribe': `<${mail.unsubscribeUrl}>`,
            'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
          }),
    },
  };
}
