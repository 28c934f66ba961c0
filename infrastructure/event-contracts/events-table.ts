import { EVENT_DOMAINS } from '#shared/events/catalogue.ts';
import type { EventKind } from '#shared/events/event.ts';
import { eventSchema, type JsonSchema, versionsOf } from '#shared/events/schemas.ts';
import { readersInCode } from './readers-in-code.ts';

/** What stands before the tables in docs/events.md, so that they can be written anew. */
export const TABLES_BEGIN = '<!-- Made by `npm run events -- docs`. -->';

/** Every event by domain, as Markdown; docs/events.md holds it, and a test holds the two together. */
export async function eventsTable(): Promise<string> {
  const readers = await readersInCode();
  const sections = Array.from(EVENT_DOMAINS, ([domain, kinds]) => [
    `### ${domain}`,
    '',
    '| event | key | fields | read by | what happened |',
    '| --- | --- | --- | --- | --- |',
    ...kinds.map((kind) => rowOf(kind, readers.get(kind.type) ?? [])),
    '',
  ]);
  return [TABLES_BEGIN, '', ...sections.flat()].join('\n');
}

function rowOf(kind: EventKind, readers: readonly string[]): string {
  const versions = versionsOf(kind).map(({ version }) => `v${version}`);
  const { properties = {}, required = [] } = eventSchema(kind, kind.version) as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  const fields = Object.entries(properties).map(([name]) => (required.includes(name) ? `\`${name}\`` : `\`${name}\`?`));
  const cells = [
    `\`${kind.type}\` ${versions.join(' ')}`,
    `\`${kind.key ?? ''}\``,
    fields.join(' '),
    readers.join(', '),
    kind.says ?? '',
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
