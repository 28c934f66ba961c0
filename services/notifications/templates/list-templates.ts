import type { z } from 'zod';
import type { Caller } from '#shared/caller.ts';
import type { ListNotificationTemplates, NotificationTemplate } from '#shared/contracts/notifications/templates.ts';
import { pageOf } from '#shared/http/paging.ts';
import { LOCALES } from '#shared/regions.ts';
import type { NotificationsPorts } from '../ports.ts';
import { CATALOGUE, TEMPLATE_NAMES, type TemplateName } from './catalogue.ts';
import { currentVersion } from './current-version.ts';
import { versionsOf } from './kept.ts';
import { samples } from './samples.ts';
import { declared, waysOfTemplate } from './template.ts';

type Query = z.output<(typeof ListNotificationTemplates)['query']>;

/** The catalogue, for staff. Who looked at it is written down. */
export function makeListTemplates({ databases, outbox }: Pick<NotificationsPorts, 'databases' | 'outbox'>) {
  return async (
    { userId, role, country }: Caller,
    query: Query,
  ): Promise<{ templates: NotificationTemplate[]; next_cursor: string | null }> => {
    const { page, next_cursor } = pageOf(TEMPLATE_NAMES, query);
    const facts = { role, shown: page.length };
    const entry = { actor: userId, action: 'notifications.templates_listed', subject: 'templates', facts } as const;
    await databases
      .of(country)
      .transaction((tx) => outbox.append(tx, { audit: [{ ...entry, region: country, outcome: 'ok' }] }));
    return { templates: page.map(templateView), next_cursor };
  };
}

function templateView(name: TemplateName): NotificationTemplate {
  const template = CATALOGUE[name];
  const version = currentVersion(name);
  return {
    name,
    channel: template.channel,
    types: [...waysOfTemplate(template)],
    languages: [...LOCALES],
    variables: declared(template.variables).map(({ name, kind, optional }) => ({
      name,
      kind: typeof kind === 'string' ? kind : 'oneOf' in kind ? 'one_of' : 'several_of',
      optional,
      values: typeof kind === 'string' ? null : [...('oneOf' in kind ? kind.oneOf : kind.several)],
    })),
    sample: { ...samples(template.variables)[0] },
    version,
    versions: [...new Set([...versionsOf(name).keys(), version])],
  };
}
