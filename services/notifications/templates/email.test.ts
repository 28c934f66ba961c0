import { expect, test } from 'vitest';
import { withUnsubscribe } from './email.ts';
import { render } from './render.ts';

const LINK = 'https://app.tchat.example/l?a=1&b="2"';

const mail = (template: string, variables: Record<string, unknown>, locale = 'en') =>
  render(template, { way: 'email', locale, zone: 'Asia/Bangkok', variables });

test('the button leads to the link, and the text names it', () => {
  const link = 'https://app.tchat.example/c?t=1&u=2';
  const { text, html } = mail('email.confirm_address', { link }, 'vi');
  expect(text).toContain(`Xác nhận địa chỉ:\n${link}`);
  expect(html).toContain('href="https://app.tchat.example/c?t=1&amp;u=2"');
  expect(html).toContain('<html lang="vi">');
});

test('without its link an announcement has no button', () => {
  const { text, html } = mail('ops.announcement', { title: 'Hi', text: 'one\ntwo\n\nthree' });
  expect(html).not.toContain('<a ');
  expect(html).toMatch(/one\s*<br \/>\s*two/);
  expect(html!.match(/<p>/g)).toHaveLength(4);
  expect(text).toContain('one\ntwo\n\nthree');
});

test('what can be switched off says where, security does not', () => {
  expect(mail('orders.confirmed', { order: 'A', shop: 'B' }).text).toContain('Settings > Notifications');
  expect(mail('security.pin_changed', { at: '2026-11-24T05:05:00.000Z' }).text).not.toContain(
    'Settings > Notifications',
  );
});

test('security says what to do for whom it was not', () => {
  const { text, html } = mail('security.pin_changed', { at: '2026-11-24T05:05:00.000Z' });
  expect(text).toContain('If this was not you');
  expect(html).toContain('If this was not you');
});

test('the last line unsubscribes, in text and page, in the language of the rest', () => {
  const written = mail('ops.announcement', { title: '<!-- end -->', text: '<!-- end -->' }, 'ms');
  const { text, html } = withUnsubscribe(written, LINK);
  expect(text.endsWith(`Berhenti melanggan:\n${LINK}`)).toBe(true);
  expect(html!.match(/Berhenti melanggan/g)).toHaveLength(1);
  expect(html).toContain('href="https://app.tchat.example/l?a=1&amp;b=&quot;2&quot;"');
  expect(html!.indexOf('Berhenti')).toBeGreaterThan(html!.lastIndexOf('&lt;!-- end --&gt;'));
});

test('nothing is fetched when it is read', () => {
  expect(mail('account.restored', {}).html).not.toMatch(/src=|url\(|@import|<link|<script/i);
});
