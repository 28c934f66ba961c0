import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { expect, test } from 'vitest';
import { makeSmtp, type SmtpOptions, type SmtpProvider } from '#infrastructure/email/smtp.ts';
import { newId } from '#shared/new-id.ts';
import { MAIL, type OpenSandbox, openSandbox } from './open-sandbox.ts';
import { TEST_CERTIFICATE } from './test-certificate.ts';

const FROM = 'Tchat <no-reply@tchat.example>';

function provider(at: { readonly mailUrl: string }, over: Partial<SmtpOptions> = {}): SmtpProvider & Disposable {
  const made = makeSmtp({
    name: 'mail_primary',
    url: at.mailUrl.replace('smtp://', 'smtp://primary@'),
    password: MAIL.accounts.primary,
    tls: 'off',
    from: FROM,
    ...over,
  });
  return Object.assign(made, { [Symbol.dispose]: () => made.close() });
}

function mail(over: Partial<Parameters<SmtpProvider['send']>[0]> = {}) {
  const id: string = newId('TH');
  return { id, to: 'somchai@mail.example', subject: 'สวัสดี', text: 'Hello there', locale: 'th', ...over } as const;
}

async function inbox(at: OpenSandbox, to: string) {
  const { body } = await at.call(`/sandbox/inbox?to=${encodeURIComponent(to)}`);
  return body as {
    provider: string;
    subject: string;
    text: string;
    html?: string;
    locale: string;
    headers: Record<string, string>;
  }[];
}

const fault = (at: OpenSandbox, kind: string) =>
  at.call('/sandbox/faults', { body: { target: 'mail_primary', kind, count: 1 } });

test('a server that nobody answers at does not have the mail', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  const { port } = silent.address() as { port: number };
  await new Promise((resolve) => silent.close(resolve));
  using smtp = provider({ mailUrl: `smtp://127.0.0.1:${port}` });
  expect(await smtp.send(mail())).toMatchObject({ outcome: 'refused', blame: 'provider' });
});

test('a wrong password is the fault of nobody who is written to', async () => {
  await using at = await openSandbox();
  using smtp = provider(at, { password: 'another password' });
  expect(await smtp.send(mail())).toEqual({ outcome: 'refused', blame: 'provider', reason: 'answered 535' });
  expect(await inbox(at, 'somchai@mail.example')).toEqual([]);
});

test('a mail is not sent in the clear, nor to a server that cannot show who it is', async () => {
  await using at = await openSandbox();
  using strict = provider(at, { tls: 'required' });
  expect(await strict.send(mail())).toMatchObject({ outcome: 'refused', blame: 'provider' });
  expect(await inbox(at, 'somchai@mail.example')).toEqual([]);
});

test('what a server refuses for now may be sent again; what it refuses for good may not', async () => {
  await using at = await openSandbox();
  using smtp = provider(at);
  await fault(at, 'error');
  expect(await smtp.send(mail())).toEqual({ outcome: 'refused', blame: 'provider', reason: 'answered 451' });
  const refused = await smtp.send(mail({ to: 'refused@mail.example' }));
  expect(refused).toEqual({ outcome: 'refused', blame: 'message', reason: 'answered 554' });
  const nobody = await smtp.send(mail({ to: 'nobody@mail.example' }));
  expect(nobody).toEqual({ outcome: 'refused', blame: 'address', reason: 'answered 550' });
  expect(await inbox(at, 'somchai@mail.example')).toEqual([]);
});

test('a server that breaks after the whole mail was on its way may have it', async () => {
  await using at = await openSandbox();
  using smtp = provider(at);
  await fault(at, 'reset_after_commit');
  expect(await smtp.send(mail())).toMatchObject({ outcome: 'unknown' });
  expect(await inbox(at, 'somchai@mail.example')).toHaveLength(1);
  // The next mail goes over a new connection.
  expect(await smtp.send(mail())).toMatchObject({ outcome: 'accepted' });
});

test('a mail arrives with its parts, its id, and the way to end such mails in one click', async () => {
  await using at = await openSandbox();
  using smtp = provider(at);
  const sent = mail({ html: '<p>Hello <b>there</b></p>', unsubscribeUrl: 'https://tchat.example/u?token=1' });
  expect(await smtp.send(sent)).toEqual({ outcome: 'accepted', ref: expect.stringMatching(/^0100/) });
  const [got] = await inbox(at, sent.to);
  expect(got).toMatchObject({ provider: 'mail_primary', subject: sent.subject, locale: 'th' });
  expect(got?.text.trim()).toBe('Hello there');
  expect(got?.html).toContain('<b>there</b>');
  expect(got?.headers).toMatchObject({
    'message-id': `<${sent.id}@tchat.example>`,
    'x-tchat-id': sent.id,
    'auto-submitted': 'auto-generated',
    'list-unsubscribe': '<https://tchat.example/u?token=1>',
    'list-unsubscribe-post': 'List-Unsubscribe=One-Click',
  });
});

test('an address cannot add another recipient, nor a subject another header', async () => {
  await using at = await openSandbox();
  using smtp = provider(at);
  const subject = 'Hi\r\nBcc: victim@mail.example';
  await smtp.send(mail({ subject }));
  await smtp.send(mail({ to: 'a@mail.example, victim@mail.example' }));
  await smtp.send(mail({ to: 'a@mail.example>\r\nRCPT TO:<victim@mail.example' }));
  expect(await inbox(at, 'victim@mail.example')).toEqual([]);
});

test('a domain with a key signs its mails', async () => {
  await using at = await openSandbox();
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
  using smtp = provider(at, { dkim: { domainName: 'tchat.example', keySelector: 'sel', privateKey: pem } });
  const sent = mail({ unsubscribeUrl: 'https://tchat.example/u?token=1' });
  await smtp.send(sent);
  const [got] = await inbox(at, sent.to);
  expect(got?.headers['dkim-signature']?.toLowerCase()).toMatch(/list-unsubscribe:list-unsubscribe-post/);
  expect(got?.headers['dkim-signature']).toMatch(/d=tchat\.example; ?.*s=sel;/s);
});

test.each(['smtps', 'smtp'] as const)(
  'a mail goes over %s to a server that shows who it is, and only sealed',
  async (scheme) => {
    const taken: { secure: boolean; user: unknown }[] = [];
    const server = new SMTPServer({
      ...TEST_CERTIFICATE,
      secure: scheme === 'smtps',
      logger: false,
      onAuth: ({ username }, _session, done) => done(null, { user: username }),
      onData: (stream, { secure, user }, done) => {
        stream.resume().once('end', () => {
          taken.push({ secure, user });
          done(null, 'Ok 0100000000000000');
        });
      },
    });
    // A client that turns away is no fault of the server.
    server.on('error', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.server.address() as { port: number };
    const url = `${scheme}://primary@127.0.0.1:${port}`;
    using stranger = provider({ mailUrl: '' }, { url, tls: 'required' });
    expect(await stranger.send(mail())).toMatchObject({ outcome: 'refused', blame: 'provider' });
    using known = provider({ mailUrl: '' }, { url, tls: 'required', ca: TEST_CERTIFICATE.cert });
    expect(await known.send(mail())).toEqual({ outcome: 'accepted', ref: '0100000000000000' });
    expect(taken).toEqual([{ secure: true, user: 'primary' }]);
    await new Promise<void>((resolve) => server.close(resolve));
  },
);
