import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { NextCursor, ShortListQuery } from '../../http/paging.ts';
import { Country, Locale } from '../../regions.ts';
import { LanguageTag } from '../language-tag.ts';
import { NotificationChannel, NotificationType } from './notification.ts';

/** A variable of a template: what it is, and its values where they are of a list. */
const TemplateVariable = z.object({
  name: z.string(),
  kind: z.string(),
  optional: z.boolean(),
  values: z.array(z.string()).nullable(),
});

export const NotificationTemplate = z
  .object({
    name: z.string(),
    channel: NotificationChannel,
    /** The ways that it may take. */
    types: z.array(NotificationType),
    languages: z.array(Locale),
    variables: z.array(TemplateVariable),
    /** Values that it may be previewed with. */
    sample: z.record(z.string(), z.unknown()),
    /** What is sent now. */
    version: z.number().int(),
    /** All that can still be shown. */
    versions: z.array(z.number().int()),
  })
  .meta({ id: 'NotificationTemplate' });
export type NotificationTemplate = z.input<typeof NotificationTemplate>;

export const ListNotificationTemplates = defineCall({
  name: 'listNotificationTemplates',
  method: 'GET',
  path: '/ops/notifications/templates',
  summary: 'What people can be told: each template with its variables, languages and versions',
  tag: 'ops',
  access: ['ops'],
  query: ShortListQuery,
  answers: { 200: z.object({ templates: z.array(NotificationTemplate), next_cursor: NextCursor }) },
  rate: 'read',
});

export const PreviewBody = z.strictObject({
  /** `orders.shipped`. */
  template: z
    .string()
    .max(100)
    .regex(/^[a-z_]+\.[a-z_]+$/, 'must be the name of a template such as orders.shipped'),
  type: NotificationType,
  locale: LanguageTag,
  /** The recipient's: for the fallback, and for how texts begin there. */
  country: Country.optional(),
  /** IANA; the country's where absent, and UTC where neither is said. */
  timezone: z
    .string()
    .max(64)
    .regex(/^[\w+/-]+$/, 'must be an IANA zone such as Asia/Bangkok')
    .optional(),
  /** Sample values where absent. */
  variables: z.record(z.string().max(100), z.unknown()).optional(),
  /** The present one where absent. */
  version: z.number().int().min(1).max(32_767).optional(),
});
export type PreviewBody = z.output<typeof PreviewBody>;

export const NotificationPreview = z
  .object({
    template: z.string(),
    version: z.number().int(),
    type: NotificationType,
    /** After the fallback. */
    locale: Locale,
    /** Empty for SMS. */
    subject: z.string(),
    content: z.string(),
    /** Of e-mail only. */
    html: z.string().nullable(),
    /** Of SMS only: what operators charge. */
    sms: z.object({ encoding: z.enum(['gsm7', 'ucs2']), segments: z.number().int() }).nullable(),
  })
  .meta({ id: 'NotificationPreview' });
export type NotificationPreview = z.input<typeof NotificationPreview>;

export const PreviewNotification = defineCall({
  name: 'previewNotification',
  method: 'POST',
  path: '/ops/notifications/preview',
  summary: 'What a notification would say, or has said: any template, language, way and version. Nothing is sent',
  tag: 'ops',
  access: ['ops'],
  body: PreviewBody,
  answers: { 200: NotificationPreview },
  rate: 'write',
});
