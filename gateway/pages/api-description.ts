import type { Call } from '#shared/http/call.ts';
import { API_BASE, type Page } from '../http/app.ts';
import { send } from '../http/exchange.ts';
import { openApiDocument } from '../openapi/document.ts';
import { sendPage } from './html.ts';
import { referencePage } from './reference.ts';

/** The contract for machines and for people, both made from the calls at the first request. */
export function apiDescriptionPages(
  calls: readonly Call[],
  info: { readonly version: string; readonly publicUrl: string },
): Page[] {
  const document = once(() => openApiDocument(calls, { version: info.version, serverUrl: info.publicUrl + API_BASE }));
  const text = once(() => JSON.stringify(document()));
  const reference = once(() => referencePage(document()));
  return [
    {
      path: `${API_BASE}/openapi.json`,
      answer: (exchange) => {
        send(
          exchange,
          200,
          { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'no-cache' },
          text(),
        );
      },
    },
    { path: `${API_BASE}/docs`, answer: (exchange) => sendPage(exchange, reference()) },
  ];
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
