const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Markup that is safe to put into a page or an e-mail as it is. */
export type Html = { readonly markup: string };

type Part = string | number | Html | readonly Html[] | undefined;

/** Joins markup and values; whatever is no {@link Html} is escaped. */
export function html(texts: TemplateStringsArray, ...values: Part[]): Html {
  const filled = texts.map((text, place) => text + (place < values.length ? markupOf(values[place]) : ''));
  return { markup: filled.join('') };
}

function markupOf(value: Part): string {
  if (value === undefined) return '';
  if (typeof value === 'string' || typeof value === 'number') {
    return String(value).replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);
  }
  return 'markup' in value ? value.markup : value.map(({ markup }) => markup).join('\n');
}

type Page = {
  /** The language that it is in, as HTML names it. */
  readonly lang: string;
  readonly title: string;
  /** The one style sheet; our own text, which is not escaped. */
  readonly style: string;
  /** What else stands in its head. */
  readonly head?: Html;
  readonly body: Html;
};

/** A whole page with nothing to fetch: no script, and its style sheet inside. */
export function htmlPage({ lang, title, style, head, body }: Page): string {
  return html`<!doctype html>
    <html lang="${lang}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        ${head}
        <title>${title}</title>
        <style>
          ${{ markup: style }}
        </style>
      </head>
      <body>
        ${body}
      </body>
    </html> `.markup;
}
