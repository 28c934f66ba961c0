import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testEnvironment } from '#tests/harness/config.ts';

/** Far longer than anything here takes, for a machine that is busy with other tests. */
const PATIENTLY = { timeout: 20_000 };

const ROLE = join(import.meta.dirname, 'roles', 'probe.main.ts');
const STARTED = '"msg":"started"';

function probe(way: string, env: Record<string, string> = {}) {
  const child: ChildProcess = fork(ROLE, [way], {
    silent: true,
    env: { ...testEnvironment('postgres://nowhere/db'), LOG_LEVEL: 'info', ...env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => (output += text));
  return { child, output: () => output, closed: once(child, 'close') };
}

test('broken settings are printed plainly, and nothing is started', async () => {
  const { output, closed } = probe('serves', { LOG_LEVEL: 'loud', HOST: '' });
  expect(await closed).toEqual([1, null]);
  expect(output()).toMatch(/^The settings cannot be used:\n {2}- LOG_LEVEL .*\n {2}- HOST .*\n$/);
  expect(output()).not.toContain('{"level"');
});

test('a role that cannot start logs why and exits with 1', async () => {
  const { output, closed } = probe('cannot-start');
  expect(await closed).toEqual([1, null]);
  expect(output()).toMatch(/"level":"error".*no such thing.*"msg":"could not start"/);
});

test.each(['breaks-later', 'rejects-later'])(
  'a role that %s logs it and exits with 1, for its state is in doubt',
  async (way) => {
    const { output, closed } = probe(way);
    expect(await closed).toEqual([1, null]);
    expect(output()).toMatch(/"level":"error".*"msg":"(an exception|a rejection) that nobody/);
  },
);

test('a stop that fails exits with 1', async () => {
  const { child, output, closed } = probe('cannot-stop');
  await expect.poll(output, PATIENTLY).toContain(STARTED);
  child.kill('SIGTERM');
  expect(await closed).toEqual([1, null]);
  expect(output()).toContain('could not stop in good order');
});

test.each(['SIGTERM', 'SIGINT'] as const)('%s drains the role once and exits with 0', async (signal) => {
  const { child, output, closed } = probe('serves');
  await expect.poll(output, PATIENTLY).toContain(STARTED);
  child.kill(signal);
  child.kill(signal);
  expect(await closed).toEqual([0, null]);
  expect(output().match(/drained/g)).toHaveLength(1);
});

test('a signal during the start stops the role as soon as it has started', async () => {
  const { child, output, closed } = probe('starts-slowly');
  await expect.poll(output, PATIENTLY).toContain('starting');
  child.kill('SIGTERM');
  expect(await closed).toEqual([0, null]);
  expect(output()).toMatch(/"stopping".*"started".*drained/s);
});

test('a role whose supervisor is gone drains and exits', async () => {
  const { child, output } = probe('serves');
  // After a disconnect Node tells of the exit only, and not that the streams have closed.
  const exited = once(child, 'exit');
  await expect.poll(output, PATIENTLY).toContain(STARTED);
  child.disconnect();
  expect(await exited).toEqual([0, null]);
  await expect.poll(output, PATIENTLY).toMatch(/the supervisor is gone.*drained/s);
});
