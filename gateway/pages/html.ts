import { type Html, htmlPage } from '#shared/html.ts';
import { type Exchange, send } from '../http/exchange.ts';

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --quiet: #8889; --tint: #0a7d6c; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; } h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); } a { color: var(--tint); }
nav a { display: inline-block; padding: .5rem .75rem .5rem 0; }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0; } details > div { padding: 0 .75rem .75rem; }
summary { cursor: pointer; padding: .6rem .75rem; min-height: 2.75rem; }
code, pre { font: .9rem/1.4 ui-monospace, monospace; }
pre { overflow-x: auto; padding: .75rem; background: var(--line); border-radius: .5rem; white-space: pre; }
.method { display: inline-block; min-width: 4rem; font-weight: 700; color: var(--tint); } .quiet { opacity: .75; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; vertical-align: top; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); }
`;

/** A page of ours. */
export function page(title: string, body: Html): string {
  return htmlPage({ lang: 'en', title, style: STYLE, body });
}

/** Sends a page, with a policy that lets it show itself and nothing else. */
export function sendPage(exchange: Exchange, text: string): void {
  send(
    exchange,
    200,
    {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy':
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
      'Cache-Control': 'no-cache',
    },
    text,
  );
}
