import { expect, test } from 'vitest';
import { ListNotificationTemplates, PreviewBody } from '#shared/contracts/notifications/templates.ts';
import type { Caller } from '#shared/caller.ts';
import { makeListTemplates } from '#services/notifications/templates/list-templates.ts';
import { makePreview } from '#services/notifications/templates/preview.ts';
import { openNotifications } from './open-notifications.ts';

async function openStaff() {
  const desk = await openNotifications();
  const ops = await desk.person({ role: 'ops', country: 'MY' });
  const preview = makePreview(desk.ports);
  return {
    desk,
    ops,
    preview: (body: object, caller: Caller = ops) => preview(caller, PreviewBody.parse(body)),
    list: (query: object) => makeListTemplates(desk.ports)(ops, ListNotificationTemplates.query.parse(query)),
    [Symbol.asyncDispose]: () => desk[Symbol.asyncDispose](),
  };
}

test('what is wrong with a preview is named, and nothing is written down of it', async () => {
  await using staff = await openStaff();
  const shown = { template: 'payments.money_received', type: 'sms', locale: 'ms' };
  const refusals = [
    [{ ...shown, template: 'payments.unheard_of' }, 'template'],
    [{ ...shown, timezone: 'Asia/Atlantis' }, 'timezone'],
    [{ ...shown, version: 999 }, 'version'],
    [{ ...shown, variables: { from: 'Nok' } }, 'variables.amount'],
    [{ ...shown, template: 'email.confirm_address' }, 'way'],
  ] as const;
  for (const [body, path] of refusals) {
    await expect(staff.preview(body)).rejects.toMatchObject({ code: 'VALIDATION_ERROR', details: [{ path }] });
  }
  expect(await staff.desk.events('audit.recorded')).toEqual([]);
});

test('a text is shown as its reader would have it, with what it costs, and who looked is written down', async () => {
  await using staff = await openStaff();
  const variables = { from: 'Nguyễn Văn An', amount: { amount: '12.50', currency: 'MYR' } };
  const body = { template: 'payments.money_received', type: 'sms', locale: 'ja', country: 'MY', variables };
  expect(await staff.preview(body)).toEqual({
    template: 'payments.money_received',
    version: 1,
    type: 'sms',
    locale: 'ms',
    subject: '',
    content: 'RM0 Tchat: anda menerima RM 12.50 daripada Nguyen Van An.',
    html: null,
    sms: { encoding: 'gsm7', segments: 1 },
  });
  const entries = await staff.desk.events('audit.recorded');
  expect(entries).toMatchObject([
    {
      action: 'notifications.previewed',
      subject: 'payments.money_received',
      region: 'MY',
      facts: { role: 'ops', type: 'sms', locale: 'ms', version: 1 },
    },
  ]);
  expect(JSON.stringify(entries)).not.toContain('An');
});

test('without variables, sample values stand in; an e-mail is shown as text and page', async () => {
  await using staff = await openStaff();
  const shown = await staff.preview({
    template: 'security.pin_changed',
    type: 'email',
    locale: 'th',
    timezone: 'Asia/Tokyo',
  });
  expect(shown).toMatchObject({ type: 'email', locale: 'th', sms: null });
  expect(shown.content).toContain('2569');
  expect(shown.html).toContain('<html lang="th">');
});

test('the catalogue is listed page by page, with variables, languages, versions and a sample', async () => {
  await using staff = await openStaff();
  const first = await staff.list({ limit: '5' });
  expect(first.templates).toHaveLength(5);
  const rest = await staff.list({ cursor: first.next_cursor });
  const all = [...first.templates, ...rest.templates];
  expect(rest.next_cursor).toBeNull();
  expect(all.find(({ name }) => name === 'orders.shipped')).toMatchObject({
    channel: 'order_updates',
    types: ['email', 'sms', 'push', 'in_app'],
    languages: ['en', 'th', 'id', 'ms', 'fil', 'vi'],
    version: 1,
    versions: [1],
  });
  for (const { name, types, sample } of all) {
    for (const type of types) {
      expect((await staff.preview({ template: name, type, locale: 'fil', variables: sample })).locale).toBe('fil');
    }
  }
});
