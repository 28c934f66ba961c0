import { expect, test } from 'vitest';
import { openGateway } from '#gateway/open.main.ts';
import { chosenPort } from '#infrastructure/local/processes/free-port.ts';
import { unsubscribeUrl } from '#services/notifications/channels/unsubscribe-link.ts';
import { newId } from '#shared/new-id.ts';
import { testConfig } from '#tests/harness/config.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { Registry } from 'prom-client';
import { openChannels, parcelTo } from './open-channels.ts';

const ADDRESS = 'malee@mail.example';
/** What a mail program posts (RFC 8058 section 3.1). */
const ONE_CLICK = {
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: 'List-Unsubscribe=One-Click',
};

/** The channels of a test behind a gateway of their own, over the same database and keys. */
async function openLinks() {
  const resources = new AsyncDisposableStack();
  const port = await chosenPort(0);
  const at = resources.use(await openChannels());
  const config = testConfig(at.db.url, {
    GATEWAY_PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    NOTIFICATION_KEY: at.config.NOTIFICATION_KEY.join(','),
  });
  const gateway = await openGateway(config, quietLog, new Registry());
  resources.defer(() => gateway.stop());
  const base = `http://127.0.0.1:${port}/api/v1`;
  return { at, base, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

test('security cannot be unsubscribed from, so that its mails have no such link', async () => {
  await using at = await openChannels();
  const malee = await at.person();
  await at.confirmed(malee, ADDRESS);
  await at.channels.deliver(parcelTo(malee, { channel: 'security' }));
  const [mail] = await at.inbox(ADDRESS);
  expect(Object.keys(mail?.headers ?? {})).not.toContain('list-unsubscribe');
  const token = `${malee.userId}.security.${at.keyring.sign('unsubscribe', malee.userId, 'security')}`;
  await expect(at.channels.unsubscribe(token)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a link that we have not made ends nothing; one that we have is shown, and ends mails of its channel when it is posted', async () => {
  await using opened = await openLinks();
  const { at, base } = opened;
  const [malee, somchai] = [await at.person(), await at.person()];
  const url = unsubscribeUrl({ keyring: at.keyring, publicUrl: '' }, malee.userId, 'payments')!;
  const token = new URLSearchParams(url.split('?')[1]).get('token')!;
  const at_ = (text: string) => `${base}/notifications/unsubscribe?token=${text}`;
  const wrong = [
    token.replace('payments', 'messaging'),
    token.replace(malee.userId, somchai.userId),
    token.replace(malee.userId, newId('TH')),
    `${token.slice(0, -4)}AAAA`,
  ];
  for (const text of wrong) {
    for (const init of [{}, ONE_CLICK]) expect((await fetch(at_(text), init)).status, text).toBe(404);
  }
  const choices = async () =>
    await at.rows<{ choices: object }>('SELECT choices FROM notifications.preferences WHERE user_id = $1', [
      malee.userId,
    ]);
  const page = await fetch(at_(token));
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  const shown = await page.text();
  expect(shown).toContain('<html lang="th">');
  expect(shown).toContain('width=device-width');
  expect(shown).toContain('<form method="post">');
  expect(await choices()).toEqual([]);
  for (const _ of ['once', 'again']) expect((await fetch(at_(token), ONE_CLICK)).status).toBe(200);
  expect(await choices()).toEqual([{ choices: { payments: { email: false } } }]);
  const audited = "SELECT 1 FROM events.outbox WHERE data->>'action' = 'notifications.unsubscribed'";
  expect(await at.rows(audited)).toHaveLength(1);
});

test('the page behind a link that confirms changes nothing until its button is pressed', async () => {
  await using opened = await openLinks();
  const { at, base } = opened;
  const malee = await at.person();
  await at.channels.setEmail(malee, ADDRESS);
  await at.askPending();
  const link = `${base}/notifications/email/confirm?token=${await at.linkTo(ADDRESS)}`;
  for (const _ of ['a program', 'a person']) {
    const page = await fetch(link);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<form method="post">');
  }
  expect(await at.channels.getEmail(malee)).toMatchObject({ address: null });
  const pressed = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: '' };
  expect((await fetch(link, pressed)).status).toBe(200);
  expect(await at.channels.getEmail(malee)).toMatchObject({ address: ADDRESS });
  expect((await fetch(link)).status).toBe(404);
  expect((await fetch(link, pressed)).status).toBe(404);
});
