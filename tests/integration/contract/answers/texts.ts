import { describe, expect, test } from 'vitest';
import { callNamed } from '../calls.ts';
import { expectFault, expectRefused } from '../refused.ts';
import { type Body, done, expectFields, type World } from './world.ts';

const PREVIEW = 'template, version, type, locale, subject, content, html, sms';
const TEMPLATE = 'name, channel, types, languages, variables, sample, version, versions';

/** What staff see of the texts that people are told. */
export function textAnswers(world: () => World): void {
  const staff = async () => (await world().seed({ users: 1, role: 'ops' }))[0]!.access_token;

  describe('GET /ops/notifications/templates and POST /ops/notifications/preview', () => {
    test('nobody but staff look at them', async () => {
      const { access_token: token } = (await world().seed({ users: 1 }))[0]!;
      const body = { template: 'account.restored', type: 'push', locale: 'th' };
      expectRefused(await world().ask(callNamed('previewNotification'), { token, body }), 'FORBIDDEN', 'a preview');
      expectRefused(await world().ask(callNamed('listNotificationTemplates'), { token }), 'FORBIDDEN', 'the list');
    });

    test('a variable that is missing is named', async () => {
      const body = { template: 'payments.money_received', type: 'push', locale: 'th', variables: { from: 'Nok' } };
      const answer = await world().ask(callNamed('previewNotification'), { token: await staff(), body });
      expectFault(answer, 'variables.amount', 'a preview without the amount');
    });

    test('each template is listed with a sample that it can be shown with, by each of its ways', async () => {
      const token = await staff();
      const { templates, next_cursor } = await done(world(), 'listNotificationTemplates', 200, { token });
      expect(next_cursor).toBeNull();
      const listed = templates as Body[];
      listed.forEach((one) => expectFields(one, TEMPLATE));
      const { name: template, sample: variables, types } = listed.find(({ name }) => name === 'orders.shipped')!;
      for (const type of types as string[]) {
        const body = { template, type, locale: 'fil-PH', country: 'PH', variables };
        const shown = await done(world(), 'previewNotification', 200, { token, body });
        expectFields(shown, PREVIEW);
        expect(shown).toMatchObject({ template, type, locale: 'fil', version: 1 });
      }
    });

    test('an SMS says what it costs: in Thai it is UCS-2', async () => {
      const body = { template: 'security.pin_changed', type: 'sms', locale: 'th', timezone: 'Asia/Bangkok' };
      const shown = await done(world(), 'previewNotification', 200, { token: await staff(), body });
      expect(shown).toMatchObject({ subject: '', html: null, sms: { encoding: 'ucs2', segments: 2 } });
    });
  });
}
