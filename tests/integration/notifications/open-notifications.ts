import { randomInt, randomUUID } from 'node:crypto';
import { makeIdempotency } from '#infrastructure/idempotency/idempotency.ts';
import { findRecipients } from '#services/auth/recipients.ts';
import type { Wanted } from '#services/notifications/create/wanted.ts';
import { makeDispatch } from '#services/notifications/dispatch/dispatch.ts';
import type { Deliver, NotificationsPorts, Outcome, Parcel, Templates } from '#services/notifications/ports.ts';
import type { Reference } from '#services/notifications/references.ts';
import { makeNotifications } from '#services/notifications/service.ts';
import type { NotificationRow } from '#services/notifications/store/notifications.ts';
import type { Caller, Role } from '#shared/caller.ts';
import { invalid } from '#shared/errors.ts';
import type { NotificationId, SessionId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { COUNTRY_FACTS, type Country } from '#shared/regions.ts';
import { statement } from '#shared/sql.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';

/** Texts of one line each, so that these tests say nothing about wording. */
export const plainTemplates: Templates = {
  channelOf: (template) => {
    const [domain] = template.split('.');
    if (domain === 'ops') return 'announcements';
    return domain === 'payments' || domain === 'security' || domain === 'messaging' ? domain : undefined;
  },
  waysOf: () => ['in_app', 'push', 'email', 'sms'],
  render: (template, { locale, variables }) => {
    if ('bad' in variables) throw invalid('bad', 'is not for this template');
    return { version: 1, locale, subject: template, text: JSON.stringify(variables) };
  },
};

type Made = {
  readonly role?: Role;
  readonly country?: Country;
  readonly isReached?: boolean;
  readonly userId?: UserId;
};

/** Notifications over a test's database; providers take what they are handed, unless `answer` says otherwise. */
export async function openNotifications(overrides: Partial<NotificationsPorts> = {}) {
  const db = await freshDatabase();
  const handed: Parcel[] = [];
  const counted: string[] = [];
  const world = {
    answer: async (parcel: Parcel): Promise<Outcome> => ({
      kind: 'sent',
      provider: 'test',
      providerRef: parcel.notificationId,
    }),
    facts: async (_reference: Reference): Promise<unknown> => undefined,
    /** What was reported of one before it was written down that it was sent. */
    report: async (_id: NotificationId): Promise<void> => undefined,
  };
  const ports: NotificationsPorts = {
    databases: db.databases,
    outbox: db.outbox,
    idempotency: makeIdempotency(),
    recipients: { find: (ids) => findRecipients(db.databases, ids) },
    facts: { lookUp: (references) => Promise.all(references.map((one) => world.facts(one))) },
    templates: plainTemplates,
    meters: {
      created: (type) => void counted.push(`created ${type}`),
      suppressed: (rule) => void counted.push(`suppressed ${rule}`),
      ended: (type, outcome) => void counted.push(`${outcome} ${type}`),
    },
    clock: () => new Date(),
    ...overrides,
  };
  const deliver: Deliver = async (parcel) => {
    handed.push(parcel);
    return await world.answer(parcel);
  };
  const findReport = async (id: NotificationId) => await world.report(id);
  const dispatch = makeDispatch({ ...ports, deliver, findReport, log: quietLog }, db.database);

  return {
    db,
    ports,
    world,
    handed,
    counted,
    notifications: makeNotifications(ports),
    dispatch,
    /** An account, as far as it is told things: with a device and an e-mail address, unless it is not to be reached. */
    async person({
      role = 'user',
      country = 'TH',
      isReached = true,
      userId = newId<UserId>(country),
    }: Made = {}): Promise<Caller> {
      const { locale, timezone } = COUNTRY_FACTS[country];
      await db.database.rows(ADD_ACCOUNT, [userId, phoneOf(), country, role, locale, timezone]);
      if (isReached) {
        await db.database.rows(ADD_DEVICE, [randomUUID(), userId, randomUUID()]);
        await db.database.rows(ADD_ADDRESS, [userId]);
      }
      const expiresAt = new Date(Date.now() + 3_600_000);
      return { userId, sessionId: newId<SessionId>(country), role, country, expiresAt };
    },
    /** Moves what waits as if that time had passed. */
    async pass(ms: number): Promise<void> {
      await db.database.rows(PASS, [ms]);
    },
    async rows(): Promise<NotificationRow[]> {
      return await db.database.rows<NotificationRow>(ALL);
    },
    async events(type: string): Promise<Record<string, unknown>[]> {
      return (await db.database.rows<{ data: Record<string, unknown> }>(EVENTS, [type])).map(({ data }) => data);
    },
    [Symbol.asyncDispose]: () => db[Symbol.asyncDispose](),
  };
}

const ADD_ACCOUNT = statement(
  'test.add-account',
  `INSERT INTO auth.accounts (id, phone_number, country_code, role, display_name, locale, timezone)
   VALUES ($1, $2, $3, $4, 'Somebody', $5, $6)`,
);
const ADD_DEVICE = statement(
  'test.add-device',
  `INSERT INTO notifications.devices (id, user_id, session_id, platform, sealed, digest)
   VALUES ($1::uuid, $2, $3, 'fcm', 'x', uuid_send($1::uuid))`,
);
const ADD_ADDRESS = statement(
  'test.add-address',
  `INSERT INTO notifications.email_addresses (user_id, sealed, digest, confirmed_at, locale)
   VALUES ($1, 'x', 'x', now(), 'th')`,
);
const PASS = statement(
  'test.pass',
  `UPDATE notifications.notifications SET due_at = due_at - $1 * interval '1 millisecond',
     expires_at = expires_at - $1 * interval '1 millisecond', sent_at = sent_at - $1 * interval '1 millisecond'`,
);
const ALL = statement('test.all', 'SELECT notifications.* FROM notifications.notifications ORDER BY notifications.id');
const EVENTS = statement(
  'test.events',
  'SELECT outbox.data FROM events.outbox WHERE outbox.type = $1 ORDER BY outbox.position',
);

function phoneOf(): string {
  return `+668${randomInt(100_000_000).toString().padStart(8, '0')}`;
}

/** Something to tell someone. */
export function wanted(to: Caller, over: Partial<Wanted> = {}): Wanted {
  return {
    recipientId: to.userId,
    originId: randomUUID(),
    template: 'payments.money_received',
    channel: 'payments',
    variables: { amount: '100.00' },
    data: {},
    ...over,
  };
}
