import { type AsyncApiInfo, asyncApiDocument } from '../asyncapi/document.ts';
import { API_BASE, type Page } from '../http/app.ts';
import { send } from '../http/exchange.ts';

/** The contract of events, made from their schemas at the first request. */
export function eventDescriptionPage(info: AsyncApiInfo): Page {
  let text: string | undefined;
  return {
    path: `${API_BASE}/asyncapi.json`,
    answer: (exchange) => {
      text ??= JSON.stringify(asyncApiDocument(info));
      send(
        exchange,
        200,
        { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'no-cache' },
        text,
      );
    },
  };
}
