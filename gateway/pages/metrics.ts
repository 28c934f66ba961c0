import type { Page } from '../http/app.ts';
import { send } from '../http/exchange.ts';

export type Scrape = () => Promise<{ readonly contentType: string; readonly text: string }>;

/** Prometheus' view of the process. */
export function metricsPage(scrape: Scrape): Page {
  return {
    path: '/metrics',
    answer: async (exchange) => {
      const { contentType, text } = await scrape();
      send(exchange, 200, { 'Content-Type': contentType }, text);
    },
  };
}
