import type { Caller } from '#shared/caller.ts';
import type { NotificationPreview, PreviewBody } from '#shared/contracts/notifications/templates.ts';
import { invalid } from '#shared/errors.ts';
import { COUNTRY_FACTS } from '#shared/regions.ts';
import type { NotificationsPorts } from '../ports.ts';
import { CATALOGUE, templateNamed } from './catalogue.ts';
import { render, type Rendered } from './render.ts';
import { samples } from './samples.ts';
import type { Way } from './template.ts';
import { isZone } from './zone.ts';

/**
 * What a notification says, for staff: before it is sent, or long after, by the version that it was written with. That they
 * looked is written down, the variables are not: they may be somebody's.
 *
 * @throws {AppError} VALIDATION_ERROR naming the template, version, way, zone or variable that is missing or wrong
 */
export function makePreview({ databases, outbox }: Pick<NotificationsPorts, 'databases' | 'outbox'>) {
  return async ({ userId, role, country }: Caller, body: PreviewBody): Promise<NotificationPreview> => {
    const written = previewOf(body);
    const { template, version, locale } = written;
    const facts = { role, type: body.type, locale, version };
    const entry = { actor: userId, action: 'notifications.previewed', subject: template, facts } as const;
    await databases
      .of(country)
      .transaction((tx) => outbox.append(tx, { audit: [{ ...entry, region: country, outcome: 'ok' }] }));
    return viewOf(written, body.type);
  };
}

function previewOf({ template, type: way, locale, country, timezone, variables, version }: PreviewBody): Rendered {
  if (timezone !== undefined && !isZone(timezone))
    throw invalid('timezone', 'must be an IANA zone such as Asia/Bangkok');
  return render(template, {
    way,
    locale,
    country,
    zone: timezone ?? (country === undefined ? 'UTC' : COUNTRY_FACTS[country].timezone),
    variables: variables ?? samples(CATALOGUE[templateNamed(template)].variables)[0]!,
    version,
  });
}

function viewOf({ template, version, locale, subject, text, html, sms }: Rendered, type: Way): NotificationPreview {
  return { template, version, type, locale, subject, content: text, html: html ?? null, sms: sms ?? null };
}
