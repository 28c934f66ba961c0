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
