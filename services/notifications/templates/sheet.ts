import { LOCALES, type Locale } from '#shared/regions.ts';
import { CATALOGUE, TEMPLATE_NAMES, type TemplateName } from './catalogue.ts';
import { currentVersion } from './current-version.ts';
import { FRAME } from './frame.ts';
import { render } from './render.ts';
import { type Sample, samples } from './samples.ts';
import { declared, type Kind, type Way, waysOfTemplate } from './template.ts';

const LANGUAGE_NAMES: Readonly<Record<Locale, string>> = {
  en: 'English',
  th: 'Thai',
  id: 'Indonesian',
  ms: 'Malay',
  fil: 'Filipino',
  vi: 'Vietnamese',
};

/** A choice among more than these is shown by its first few. */
const SHOWN_CHOICES_MAX = 4;

/** Everything that one language says, as its readers see it with sample values: for translators to read through. */
function languageSheet(locale: Locale): string {
  const { greeting, closing, automatic, choices, unsubscribe } = FRAME[locale];
  const parts = TEMPLATE_NAMES.map((name) => templateSection(name, locale));
  return [
    `# What Tchat tells people in ${LANGUAGE_NAMES[locale]}`,
    'Written by `npm run templates -- docs`. To change a text, see [for-translators.md](../for-translators.md).',
    `Around every e-mail stand: ${[greeting, closing, automatic, choices, unsubscribe].map((text) => `“${text}”`).join(' ')}`,
    ...parts,
  ].join('\n\n');
}

export const SHEETS = LOCALES.map((locale) => ({
  file: `docs/templates/${locale}.md`,
  text: () => `${languageSheet(locale)}\n`,
}));

function templateSection(name: TemplateName, locale: Locale): string {
  const template = CATALOGUE[name];
  const shown = samples(template.variables).slice(0, SHOWN_CHOICES_MAX);
  const variables = declared(template.variables).map(
    ({ name: variable, kind, optional }) => `\`${variable}\`${optional ? ' (optional)' : ''} ${kindText(kind)}`,
  );
  const rows = waysOfTemplate(template).flatMap((way) => rowsOf(name, way, locale, shown));
  return [
    `## ${name}`,
    `Version ${currentVersion(name)}, ${template.channel}. Variables: ${variables.join(', ') || 'none'}.`,
    ['| way | says |', '| --- | --- |', ...joined(rows)].join('\n'),
  ].join('\n\n');
}

function kindText(kind: Kind): string {
  if (typeof kind === 'string') return kind.replace('_', ' or ');
  return 'oneOf' in kind ? `one of ${kind.oneOf.length}` : `several of ${kind.several.length}`;
}

type Row = { readonly way: Way; readonly says: string };

function rowsOf(name: TemplateName, way: Way, locale: Locale, shown: readonly Sample[]): Row[] {
  return shown.map((sample) => {
    const { subject, text, sms } = render(name, { way, locale, zone: 'Asia/Bangkok', variables: sample });
    const title = subject === '' ? [] : [`**${cell(subject)}**`];
    const cost = sms === undefined ? [] : [`*${sms.encoding}, ${sms.segments}*`];
    return { way, says: [...title, cell(way === 'email' ? withoutFrame(text, locale) : text), ...cost].join('<br>') };
  });
}

/** What several ways say alike stands there once. */
function joined(rows: readonly Row[]): string[] {
  const bySaying = Map.groupBy(rows, ({ says }) => says);
  return [...bySaying].map(([says, same]) => `| ${[...new Set(same.map(({ way }) => way))].join(', ')} | ${says} |`);
}

function withoutFrame(text: string, locale: Locale): string {
  const { greeting, closing } = FRAME[locale];
  return text.slice(greeting.length, text.lastIndexOf(`\n\n${closing}\n`)).trim();
}

/** Names of people may look like Markdown. */
function cell(text: string): string {
  return text.replaceAll('<', '&lt;').replaceAll('|', '\\|').replaceAll('\n', '<br>');
}
