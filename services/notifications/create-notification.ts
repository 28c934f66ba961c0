import { randomUUID } from 'node:crypto';
import type { Caller } from '#shared/caller.ts';
import type { CreateBody } from '#shared/contracts/notifications/create.ts';
import type {
  Notification,
  NotificationChannel,
  NotificationPriority,
  NotificationType,
} from '#shared/contracts/notifications/notification.ts';
import { AppError, invalid } from '#shared/errors.ts';
import type { IdempotencyKey } from '#shared/http/call.ts';
import { regionOf } from '#shared/ids.ts';
import type { Tx } from '#shared/sql.ts';
import type { Create } from './create/create.ts';
import type { Wanted } from './create/wanted.ts';
import type { NotificationsPorts, Recipient } from './ports.ts';
import { OWN_WAITING_MAX, SCHEDULED_AHEAD_MAX_MS, USUAL_WAYS } from './rules.ts';
import { countScheduled } from './store/notifications.ts';
import { notificationView } from './views.ts';

type Ports = Pick<NotificationsPorts, 'databases' | 'outbox' | 'idempotency' | 'recipients' | 'templates' | 'clock'> & {
  readonly create: Create;
};
type Answer = Notification & { others: Notification[] };

/**
 * Notifies someone on behalf of staff, within what they want; audited. People may remind themselves.
 *
 * @throws {AppError} FORBIDDEN to people who name someone else, or a way that costs money; RATE_LIMIT_EXCEEDED to those who
 *   have {@link OWN_WAITING_MAX} reminders waiting
 * @throws {AppError} VALIDATION_ERROR naming the field, the variables of the template among them; NOT_FOUND when there is no
 *   such person
 */
export function makeCreateNotification(ports: Ports) {
  const { databases, outbox, idempotency, recipients, clock, create } = ports;

  async function createIn(tx: Tx, caller: Caller, wanted: Wanted): Promise<Answer> {
    await refuseTooMany(tx, caller, wanted);
    const home = databases.of(regionOf(wanted.recipientId));
    const { rows } = await create([wanted], { tx, home });
    const facts = { template: wanted.template, channel: wanted.channel, ways: rows.map(({ type }) => type).join(' ') };
    const entry = { actor: caller.userId, action: 'notifications.created', subject: wanted.recipientId };
    await outbox.append(tx, { audit: [{ ...entry, region: regionOf(wanted.recipientId), outcome: 'ok', facts }] });
    const inOrder = rows.toSorted((a, b) => wanted.types!.indexOf(a.type) - wanted.types!.indexOf(b.type));
    const [first, ...others] = inOrder.map(notificationView);
    return { ...first!, others };
  }

  return async (caller: Caller, body: CreateBody, key?: IdempotencyKey): Promise<Answer> => {
    refuseOthers(caller, body);
    const recipient = (await recipients.find([body.recipient_id])).get(body.recipient_id);
    if (recipient === undefined) throw new AppError('NOT_FOUND');
    const wanted = wantedOf(ports, { ...body, priority: priorityOf(caller, body) }, recipient, clock());
    const scope = { userId: caller.userId, call: 'createNotification', key };
    // The key lies beside what it made, in the recipient's region.
    const reply = await databases
      .of(recipient.country)
      .transaction((tx) =>
        idempotency.run(tx, scope, async () => ({ status: 201, body: await createIn(tx, caller, wanted) })),
      );
    return reply.body;
  };
}

/** What waits is a row for up to a year. */
async function refuseTooMany(tx: Tx, { role, userId }: Caller, wanted: Wanted): Promise<void> {
  if (role === 'ops' || wanted.scheduledAt === undefined) return;
  const waiting = await countScheduled(tx, userId, OWN_WAITING_MAX);
  if (waiting + wanted.types!.length > OWN_WAITING_MAX) {
    throw new AppError('RATE_LIMIT_EXCEEDED', { message: `At most ${OWN_WAITING_MAX} reminders may wait` });
  }
}

/** Ways that cost nothing, by which a person may remind themselves. */
const OWN_WAYS: ReadonlySet<NotificationType> = new Set(['in_app', 'push']);

/** A reminder of one's own does not overtake what is urgent to others. */
function priorityOf({ role }: Caller, { priority }: CreateBody): NotificationPriority {
  return role === 'ops' || priority === 'low' ? priority : 'medium';
}

function refuseOthers({ userId, role }: Caller, { recipient_id, type, types, fallback }: CreateBody): void {
  if (role === 'ops') return;
  if (recipient_id !== userId) throw new AppError('FORBIDDEN', { message: 'Only staff notify others' });
  const ways = [...(type === undefined ? (types ?? []) : [type]), ...fallback.map((step) => step.type)];
  const isFree = ways.length > 0 && ways.every((way) => OWN_WAYS.has(way));
  if (!isFree) throw new AppError('FORBIDDEN', { message: 'Name ways among in_app and push to remind yourself' });
}

function wantedOf(ports: Ports, body: CreateBody, recipient: Recipient, at: Date): Wanted {
  const channel = channelOf(ports, body);
  if (body.type !== undefined && body.types !== undefined) throw invalid('types', 'must be absent where type is given');
  const types = typesOf(ports, body, channel);
  refuseMoments(body, at);
  for (const way of types) rendered(ports, body, recipient, way);
  return {
    recipientId: body.recipient_id,
    originId: randomUUID(),
    template: body.template,
    channel,
    variables: body.variables,
    data: body.data,
    types,
    isAskedFor: true,
    priority: body.priority,
    fallback: body.fallback.map(({ type, after }) => ({ type, after_ms: after })),
    ...(body.scheduled_at === undefined ? {} : { scheduledAt: body.scheduled_at }),
    ...(body.expires_at === undefined ? {} : { expiresAt: body.expires_at }),
  };
}

function typesOf({ templates }: Ports, body: CreateBody, channel: NotificationChannel): readonly NotificationType[] {
  const able = templates.waysOf(body.template);
  const asked = body.type === undefined ? body.types : [body.type];
  const unable = asked?.findIndex((type) => !able.includes(type)) ?? -1;
  if (unable >= 0) {
    throw invalid(body.type === undefined ? `types.${unable}` : 'type', 'is not a way that this template can take');
  }
  const unableLater = body.fallback.findIndex(({ type }) => !able.includes(type));
  if (unableLater >= 0) throw invalid(`fallback.${unableLater}.type`, 'is not a way that this template can take');
  return asked ?? USUAL_WAYS[channel].filter((type) => able.includes(type));
}

/** Writes it once, so that what is wrong with the variables is said now and not when nobody looks. */
function rendered({ templates }: Ports, body: CreateBody, recipient: Recipient, way: NotificationType): void {
  const { locale, timezone: zone } = recipient;
  try {
    templates.render(body.template, { way, locale, zone, variables: body.variables });
  } catch (error) {
    if (!(error instanceof AppError) || !Array.isArray(error.details)) throw error;
    const details = error.details.map(({ path, message }) => ({ path: under('variables', path), message }));
    throw new AppError('VALIDATION_ERROR', { details, cause: error });
  }
}

function under(parent: string, path: string): string {
  if (path === parent || path.startsWith(`${parent}.`)) return path;
  return path === '' ? parent : `${parent}.${path}`;
}

function channelOf({ templates }: Ports, { template, channel }: CreateBody): NotificationChannel {
  const own = templates.channelOf(template);
  if (own === undefined) throw invalid('template', 'is not in the catalogue');
  // Announcements need consent and security passes quiet hours: neither may be had by calling it something else.
  if (channel !== undefined && channel !== own) throw invalid('channel', `must be ${own} for this template`);
  return own;
}

function refuseMoments({ scheduled_at: scheduled, expires_at: expires }: CreateBody, at: Date): void {
  if (scheduled !== undefined && scheduled.getTime() - at.getTime() > SCHEDULED_AHEAD_MAX_MS) {
    throw invalid('scheduled_at', 'must be within a year');
  }
  if (expires !== undefined && expires <= (scheduled !== undefined && scheduled > at ? scheduled : at)) {
    throw invalid('expires_at', 'must be after it is sent');
  }
}
