import { describe, expect, test } from 'vitest';
import { callNamed } from '../calls.ts';
import { expectFault, expectRefused } from '../refused.ts';
import { type Body, done, expectFields, PATIENCE, type World } from './world.ts';

const NOTIFICATION =
  'id, recipient_id, type, channel, template, locale, subject, content, variables, status, priority, scheduled_at, ' +
  'read_at, expires_at, retry_count, created_at, updated_at';

/** The rows of the contract's table of notifications, but for how they leave the house. */
export function notificationsAnswers(world: () => World): void {
  const person = async () => (await world().seed({ users: 1 }))[0]!;
  const staff = async () => (await world().seed({ users: 1, role: 'ops' }))[0]!.access_token;
  const inboxOf = (token: string, query = {}) => done(world(), 'listNotifications', 200, { token, query });
  const news = { template: 'ops.announcement', variables: { title: 'Sale', text: 'From nine on' } };

  describe('POST /notifications', () => {
    test('nobody but staff notify others', async () => {
      const [one, other] = [await person(), await person()];
      const body = { recipient_id: other.user_id, template: 'account.restored', type: 'in_app' };
      expectRefused(
        await world().ask(callNamed('createNotification'), { token: one.access_token, body }),
        'FORBIDDEN',
        'other',
      );
    });

    test('a template that there is not, a variable that is missing and a person that there is not are told so', async () => {
      const [token, { user_id: recipient_id }] = [await staff(), await person()];
      const ask = (body: object) => world().ask(callNamed('createNotification'), { token, body });
      const good = { recipient_id, type: 'in_app' };
      expectFault(await ask({ ...good, template: 'no.such' }), 'template', 'a template');
      expectFault(await ask({ ...good, ...news, variables: { title: 'Sale' } }), 'variables.text', 'a variable');
      const nobody = '01890a5d-ac96-774b-8cce-1302099a8057';
      expectRefused(await ask({ ...good, ...news, recipient_id: nobody }), 'NOT_FOUND', 'a person');
    });

    test('it is in the inbox in the language of its recipient, and counted as unread until it is read', async () => {
      const [token, { user_id: recipient_id, access_token: theirs }] = [await staff(), await person()];
      const body = { recipient_id, template: 'account.restored', type: 'in_app' };
      const made = await done(world(), 'createNotification', 201, { token, body });
      expectFields(made, NOTIFICATION);
      expect(made).toMatchObject({ status: 'delivered', locale: 'th', channel: 'account', read_at: null });
      const { notifications, unread_count } = await inboxOf(theirs, { unread: 'true', channel: 'account' });
      expect(notifications as Body[]).toMatchObject([{ id: made['id'] }]);
      expect(unread_count).toBe(1);
      const params = { id: String(made['id']) };
      const read = await done(world(), 'readNotification', 200, { token: theirs, params });
      expect(read).toMatchObject({ id: made['id'], unread_count: 0 });
      expect(await done(world(), 'readNotification', 200, { token: theirs, params })).toEqual(read);
      expect(await done(world(), 'readAllNotifications', 200, { token: theirs })).toEqual({ read: 0, unread_count: 0 });
    });

    test('announcements need consent, which is kept with its moment', async () => {
      const [token, { user_id: recipient_id, access_token: theirs }] = [await staff(), await person()];
      const send = () =>
        done(world(), 'createNotification', 201, { token, body: { ...news, recipient_id, type: 'in_app' } });
      expect(await send()).toMatchObject({ status: 'failed', reason: 'no_consent' });
      const body = { marketing_consent: true };
      const said = await done(world(), 'putNotificationPreferences', 200, { token: theirs, body });
      expect(said).toMatchObject({ marketing_consent: { given: true, at: expect.any(String) } });
      expect(await send()).toMatchObject({ status: 'delivered' });
    });

    test('one that is scheduled is pending, sent when its time comes, and can be taken back before', async () => {
      const [token, { user_id: recipient_id }] = [await staff(), await person()];
      const at = (ms: number) => new Date(Date.now() + ms).toISOString();
      const body = { recipient_id, template: 'account.restored', type: 'in_app' };
      const make = (scheduled_at: string) =>
        done(world(), 'createNotification', 201, { token, body: { ...body, scheduled_at } });
      const [soon, late] = [await make(at(1_000)), await make(at(3_600_000))];
      expect([soon['status'], late['status']]).toEqual(['pending', 'pending']);
      const params = { id: String(late['id']) };
      const taken = await done(world(), 'cancelNotification', 200, { token, params });
      expect(taken).toMatchObject({ status: 'expired', reason: 'cancelled' });
      const statusOf = async (id: unknown) =>
        (await done(world(), 'getNotification', 200, { token, params: { id: String(id) } }))['status'];
      await expect.poll(() => statusOf(soon['id']), PATIENCE).toBe('delivered');
    });
  });

  describe('GET and PUT /notifications/preferences', () => {
    test('security cannot be switched off in the inbox, and quiet hours are hours', async () => {
      const { access_token: token } = await person();
      const put = (body: object) => world().ask(callNamed('putNotificationPreferences'), { token, body });
      expectFault(await put({ channels: { security: { in_app: false } } }), 'channels.security.in_app', 'security');
      expectFault(await put({ quiet_hours: { from: '24:00', to: '07:00' } }), 'quiet_hours.from', 'no hour');
      expectFault(await put({ quiet_hours: { from: '07:00', to: '07:00' } }), 'quiet_hours.to', 'no hours at all');
    });

    test('what is said is kept, and what is not said stays', async () => {
      const { access_token: token } = await person();
      const quiet_hours = { from: '22:00', to: '07:00' };
      await done(world(), 'putNotificationPreferences', 200, { token, body: { quiet_hours } });
      const body = { channels: { payments: { push: false } }, digest: 'each' };
      await done(world(), 'putNotificationPreferences', 200, { token, body });
      expect(await done(world(), 'getNotificationPreferences', 200, { token })).toMatchObject({
        quiet_hours: { ...quiet_hours, timezone: 'Asia/Bangkok' },
        channels: { payments: { push: false, in_app: true }, security: { in_app: true } },
        digest: 'each',
      });
    });
  });
}
