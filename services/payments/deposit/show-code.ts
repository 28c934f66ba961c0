import { encodeQR } from 'qr';
import type { Bytes } from '#shared/http/call.ts';
import { html, type Html, htmlPage } from '#shared/html.ts';
import { type Currency, formatMoney } from '#shared/money.ts';

const STYLE = `
:root { color-scheme: light; }
body { margin: 0 auto; max-width: 24rem; padding: 2rem 1.25rem; font: 1.125rem/1.6 system-ui, sans-serif;
  text-align: center; background: #fff; color: #111; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; }
img { width: 100%; max-width: 20rem; image-rendering: pixelated; }
`;

/** What a payer is to do, and for how much. */
export type Shown = {
  readonly minor: bigint;
  readonly currency: Currency;
  readonly method: string;
} & ({ readonly qrCode: string } | { readonly bank: string; readonly number: string });

export type Page = { readonly body: Bytes; readonly headers: Readonly<Record<string, string>> };

/** A page of our own for what a gateway gives without one: a code to scan, or an account to transfer to. It runs nothing. */
export function showCode(shown: Shown): Page {
  const sum = `${formatMoney(shown)} ${shown.currency}`;
  const what: Html =
    'qrCode' in shown
      ? html`<p>Scan with ${shown.method}</p>
          <img alt="${shown.qrCode}" src="${encodeQR(shown.qrCode, 'data-url')}" />`
      : html`<p>Transfer exactly this to ${shown.bank}</p>
          <p><strong>${shown.number}</strong></p>`;
  const body = html`<main>
    <h1>${sum}</h1>
    ${what}
  </main>`;
  const head = html`<meta name="robots" content="noindex" />`;
  const bytes = Buffer.from(htmlPage({ lang: 'en', title: sum, style: STYLE, head, body }), 'utf8');
  return {
    body: oneChunk(bytes),
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-length': String(bytes.length),
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
    },
  };
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
