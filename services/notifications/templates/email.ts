import { html, type Html } from '#shared/html.ts';
import type { Locale } from '#shared/regions.ts';
import { FRAME, type Frame } from './frame.ts';

export type Email = {
  readonly locale: Locale;
  readonly frame: Frame;
  readonly subject: string;
  /** Plain text; an empty line between paragraphs. */
  readonly words: string;
  readonly button: { readonly label: string; readonly url: string } | undefined;
  /** Whether its reader could have switched it off. */
  readonly isChosen: boolean;
};

/** The e-mail for readers of plain text. */
export function emailText({ frame, words, button, isChosen }: Email): string {
  const foot = [frame.automatic, ...(isChosen ? [frame.choices] : [])].join('\n');
  return [
    frame.greeting,
    words,
    ...(button === undefined ? [] : [`${button.label}:\n${button.url}`]),
    frame.closing,
    `-- \n${foot}`,
  ].join('\n\n');
}

/** Where a line may follow. Nothing that people write can hold it, because that is escaped. */
const END = '<!-- end -->';

/** Fits a phone, follows its dark mode, and fetches nothing, so nobody learns when it was read. */
const STYLE = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
body { margin: 0; padding: 0; background: #f2f4f4; color: #1b2423; }
.card { max-width: 34rem; margin: 0 auto; padding: 1.5rem 1.25rem; background: #ffffff;
  font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; overflow-wrap: anywhere; }
.brand { margin: 0 0 1rem; font-weight: 700; color: #0a7d6c; }
h1 { margin: 0 0 1rem; font-size: 1.25rem; line-height: 1.35; } p { margin: 0 0 1rem; }
.button { display: inline-block; padding: .75rem 1.25rem; border-radius: .5rem; background: #0a7d6c; color: #ffffff;
  font-weight: 600; text-decoration: none; }
.quiet { font-size: .85rem; color: #5b6766; } .quiet a { color: #5b6766; }
hr { border: 0; border-top: 1px solid #d7dddc; margin: 1.5rem 0 1rem; }
@media (prefers-color-scheme: dark) {
  body { background: #101615; color: #e6eceb; } .card { background: #18201f; } .brand { color: #4ecbb5; }
  .quiet, .quiet a { color: #9aa6a4; } hr { border-top-color: #2c3736; }
}
`;

/** The e-mail as a page. Everything that was written is escaped: markup comes from here only. */
export function emailHtml({ locale, frame, subject, words, button, isChosen }: Email): string {
  return html`<!doctype html>
    <html lang="${locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${subject}</title>
        <style>
          ${{ markup: STYLE }}
        </style>
      </head>
      <body>
        <div class="card">
          <p class="brand">Tchat</p>
          <h1>${subject}</h1>
          <p>${frame.greeting}</p>
          ${words.split(/\n{2,}/u).map((paragraph) => html`<p>${broken(paragraph)}</p>`)}
          ${
            button === undefined
              ? undefined
              : html`<p><a class="button" href="${button.url}">${button.label}</a></p>
                  <p class="quiet">${button.url}</p>`
          }
          <p>${frame.closing}</p>
          <hr />
          <p class="quiet">${frame.automatic} ${isChosen ? frame.choices : undefined}</p>
          ${{ markup: END }}
        </div>
      </body>
    </html> `.markup;
}

type Written = { readonly locale: Locale; readonly text: string; readonly html?: string | undefined };

/** The same e-mail with a last line that leads where one click ends mails of this kind. */
export function withUnsubscribe<Mail extends Written>(mail: Mail, url: string): Mail {
  const label = FRAME[mail.locale].unsubscribe;
  const line = html`<p class="quiet"><a href="${url}">${label}</a></p>`.markup;
  return {
    ...mail,
    text: `${mail.text}\n\n${label}:\n${url}`,
    ...(mail.html === undefined ? {} : { html: mail.html.replace(END, () => line) }),
  };
}

function broken(paragraph: string): Html {
  const [first = '', ...rest] = paragraph.split('\n');
  return html`${first}${rest.map((line) => html`<br />${line}`)}`;
}
