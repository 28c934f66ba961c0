import type { Bytes } from '#shared/http/call.ts';
import { html, type Html, htmlPage } from '#shared/html.ts';
import type { Locale } from '#shared/regions.ts';

/** Read on a telephone first: one column, large letters, and a button that a thumb meets. */
const STYLE = `
:root { color-scheme: light dark; --tint: #0a7d6c; }
body { margin: 0 auto; max-width: 32rem; padding: 2rem 1.25rem; font: 1.125rem/1.6 system-ui, sans-serif;
  overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.3; }
button { font: inherit; width: 100%; min-height: 3rem; padding: .75rem 1rem; border: 0; border-radius: .75rem;
  background: var(--tint); color: #fff; }
`;

export type LinkPage = {
  readonly locale: Locale;
  readonly title: string;
  readonly paragraphs: readonly string[];
  /** Posts to the address of the page itself. */
  readonly button?: string;
};

/** A page of its own, which loads nothing and runs nothing. */
export function linkPage({ locale, title, paragraphs, button }: LinkPage): {
  readonly body: Bytes;
  readonly headers: Readonly<Record<string, string>>;
} {
  const form: Html | undefined =
    button === undefined ? undefined : html`<form method="post"><button type="submit">${button}</button></form>`;
  const body = html`<main>
    <h1>${title}</h1>
    ${paragraphs.map((text) => html`<p>${text}</p>`)} ${form}
  </main>`;
  const head = html`<meta name="robots" content="noindex" />`;
  const bytes = Buffer.from(htmlPage({ lang: locale, title, style: STYLE, head, body }), 'utf8');
  return {
    body: oneChunk(bytes),
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Length': String(bytes.length),
      'Content-Security-Policy':
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    },
  };
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
