import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { chosenPort } from '#infrastructure/local/processes/free-port.ts';
import { testEnvironment } from '#tests/harness/config.ts';

const MAIN = new URL('../../../infrastructure/sandbox/main.ts', import.meta.url).pathname;

async function startSandboxProcess(overrides: Readonly<Record<string, string>>) {
  const env = testEnvironment('postgres://tchat_app@127.0.0.1:1/none', overrides);
  const child = spawn(process.execPath, [MAIN], {
    env: { ...env, LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = Promise.all([text(child.stdout), text(child.stderr)]).then((parts) => parts.join(''));
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  return { child, said, ended };
}

test('the process refuses the production profile and says why', async () => {
  const { said, ended } = await startSandboxProcess({
    TCHAT_PROFILE: 'production',
    SANDBOX_URL: '',
    TWILIO_BASE_URL: 'https://twilio.example',
    VONAGE_BASE_URL: 'https://vonage.example',
    INFOBIP_BASE_URL: 'https://infobip.example',
    OMISE_BASE_URL: 'https://omise.example',
    STRIPE_BASE_URL: 'https://stripe.example',
    XENDIT_BASE_URL: 'https://xendit.example',
    REGISTRY_BASE_URL: 'https://registry.example',
    SCREENING_BASE_URL: 'https://screening.example',
    MAIL_EVENTS_URL: 'https://sns.example/',
    FCM_BASE_URL: 'https://fcm.example',
    FCM_TOKEN_URL: 'https://oauth2.example/token',
    APNS_BASE_URL: 'https://apns.example',
    SANDBOX_PORT: String(await chosenPort(0)),
  });
  expect(await ended).toBe(1);
  expect(await said).toContain('does not start when TCHAT_PROFILE is production');
});

test('the process serves on its port and ends in good order', async () => {
  const port = await chosenPort(0);
  const { child, ended } = await startSandboxProcess({
    SANDBOX_PORT: String(port),
    SANDBOX_SMTP_PORT: String(await chosenPort(0)),
    SANDBOX_APNS_PORT: String(await chosenPort(0)),
  });
  const isReady = () =>
    fetch(`http://127.0.0.1:${port}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  await expect.poll(isReady, { timeout: 20_000 }).toBe(true);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});
