import type { Page } from '../http/app.ts';
import { html } from '#shared/html.ts';
import { page, sendPage } from './html.ts';

export type Link = { readonly title: string; readonly url: string; readonly says: string };

/** What someone sees who opens the server in a browser: where to go. */
export function landingPage(links: readonly Link[]): Page {
  const items = links.map(({ title, url, says }) => html`<li><a href="${url}">${title}</a>: ${says}</li>`);
  const text = page(
    'Tchat',
    html`<h1>Tchat</h1>
      <p>Chat, wallets and shops. This is the API server.</p>
      <ul>
        ${items}
      </ul>`,
  );
  return { path: '/', answer: (exchange) => sendPage(exchange, text) };
}
