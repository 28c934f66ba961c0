import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';

/** Far longer than anything here takes, for a machine that is busy with other tests. */
const PATIENTLY = { timeout: 20_000 };

const LOCAL = join(import.meta.dirname, '../../../infrastructure/local');
const LOCK = { lockfileVersion: 3, packages: { '': {}, 'node_modules/one': { version: '1.0.0' } } };
/** Longer than the window in which two signals count as one. */
const BETWEEN_SIGNALS_MS = 700;

/** Tells what reaches it; ends on the second SIGINT with 5, on SIGTERM with 6. */
const SCRIPT = `
const typed: string = process.argv.slice(2).join(' ');
let interrupts = 0;
process.on('SIGINT', () => { console.log('interrupted'); if (++interrupts === 2) process.exit(5); });
process.on('SIGTERM', () => { console.log('terminated'); process.exit(6); });
console.log('runs on ' + process.versions.node.split('.')[0] + ' as ' + process.pid + ' with ' + typed);
if (typed.includes('stay')) setInterval(() => {}, 1000); else process.exitCode = 4;
`;

let checkout: string;
let npmCalls: string;

beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'tchat-checkout-'));
  await cp(join(LOCAL, 'bootstrap.mjs'), join(checkout, 'infrastructure/local/bootstrap.mjs'));
  await cp(join(LOCAL, 'bootstrap'), join(checkout, 'infrastructure/local/bootstrap'), { recursive: true });
  await writeFile(join(checkout, 'script.ts'), SCRIPT);
  await writeFile(join(checkout, 'package-lock.json'), JSON.stringify(LOCK));
  npmCalls = join(checkout, 'npm');
  await mkdir(npmCalls);
});
afterEach(() => rm(checkout, { recursive: true }));

async function installed(packages: object): Promise<void> {
  await mkdir(join(checkout, 'node_modules/.bin'), { recursive: true });
  await symlink(process.execPath, join(checkout, 'node_modules/.bin/node')).catch(() => {});
  await writeFile(join(checkout, 'node_modules/.package-lock.json'), JSON.stringify({ packages }));
}

/** An npm that only tells how it was called, and fails or not. */
async function madeUpNpm(exitCode: number): Promise<void> {
  await writeFile(join(npmCalls, 'npm'), `#!/bin/sh\necho "npm $*"\nexit ${exitCode}\n`, { mode: 0o755 });
}

function bootstrap(...args: string[]) {
  const path = `${npmCalls}:${dirname(process.execPath)}:/usr/bin:/bin`;
  const child = spawn(process.execPath, ['infrastructure/local/bootstrap.mjs', ...args], {
    cwd: checkout,
    env: { PATH: path, TMPDIR: checkout },
  });
  return { child, ...listen(child) };
}

function listen(child: ChildProcess) {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => (output += text));
  return { output: () => output, closed: once(child, 'close') };
}

test('without a script it says how it is called', async () => {
  const { output, closed } = bootstrap();
  expect(await closed).toEqual([1, null]);
  expect(output()).toMatch(/^Usage: node infrastructure\/local\/bootstrap\.mjs/);
});

test('an installation that fails ends everything with one sentence', async () => {
  await madeUpNpm(1);
  const { output, closed } = bootstrap('script.ts');
  expect(await closed).toEqual([1, null]);
  expect(output()).toContain('npm ci --ignore-scripts --include=dev --include=optional');
  expect(output()).toMatch(/The dependencies could not be installed: npm ci failed \(code 1\); .*\n$/);
});

test('dependencies of another lock file are installed anew', async () => {
  await installed({ 'node_modules/one': { version: '0.9.0' } });
  await madeUpNpm(0);
  const { output, closed } = bootstrap('script.ts');
  await closed;
  expect(output()).toContain('npm ci');
});

test('what is installed already is not installed again, and the script runs on Node 24 with its arguments', async () => {
  await installed({ 'node_modules/one': { version: '1.0.0' } });
  const { output, closed } = bootstrap('--max-semi-space-size=1', 'script.ts', 'a', '--b');
  expect(await closed).toEqual([4, null]);
  expect(output()).toMatch(/^runs on 24 as \d+ with a --b\n$/);
});

test('a signal that arrives twice at once is passed on once, and a later one again', async () => {
  await installed({ 'node_modules/one': { version: '1.0.0' } });
  const { child, output, closed } = bootstrap('script.ts', 'stay');
  await expect.poll(output, PATIENTLY).toContain('stay');
  child.kill('SIGINT');
  child.kill('SIGINT');
  await sleep(BETWEEN_SIGNALS_MS);
  expect(output().match(/interrupted/g)).toHaveLength(1);
  child.kill('SIGINT');
  expect(await closed).toEqual([5, null]);
});

test('the script ends in good order when the bootstrap was killed', async () => {
  await installed({ 'node_modules/one': { version: '1.0.0' } });
  const { child, output, closed } = bootstrap('script.ts', 'stay');
  await expect.poll(output, PATIENTLY).toContain('stay');
  child.kill('SIGKILL');
  // The streams close when the script, which inherited them, has ended too.
  expect(await closed).toEqual([null, 'SIGKILL']);
  expect(output()).toContain('terminated');
});

test('the script ends in good order when the caller of the bootstrap dies', async () => {
  await installed({ 'node_modules/one': { version: '1.0.0' } });
  const caller = spawn('sh', ['-c', `"${process.execPath}" infrastructure/local/bootstrap.mjs script.ts stay; true`], {
    cwd: checkout,
  });
  const { output, closed } = listen(caller);
  await expect.poll(output, PATIENTLY).toContain('stay');
  caller.kill('SIGKILL');
  await closed;
  expect(output()).toContain('terminated');
});

test('the script ends in good order when npm, which calls through a shell, is killed', async () => {
  await installed({ 'node_modules/one': { version: '1.0.0' } });
  const shell = `"${process.execPath}" infrastructure/local/bootstrap.mjs script.ts stay; true`;
  const npm = spawn('sh', ['-c', `sh -c '${shell}'; true`], {
    cwd: checkout,
    env: { ...process.env, npm_lifecycle_event: 'start' },
  });
  const { output, closed } = listen(npm);
  await expect.poll(output, PATIENTLY).toContain('stay');
  npm.kill('SIGKILL');
  await closed;
  expect(output()).toContain('terminated');
});

test('a signal to the whole group of callers is one signal to the script', async () => {
  await installed({ 'node_modules/one': { version: '1.0.0' } });
  const caller = spawn('sh', ['-c', `"${process.execPath}" infrastructure/local/bootstrap.mjs script.ts stay; true`], {
    cwd: checkout,
    detached: true,
  });
  const { output, closed } = listen(caller);
  await expect.poll(output, PATIENTLY).toContain('stay');
  process.kill(-(caller.pid ?? 0), 'SIGINT');
  // Longer than the bootstrap takes to notice that its caller, a shell, has died of the signal.
  await sleep(1_500);
  expect(output().match(/interrupted|terminated/g)).toEqual(['interrupted']);
  process.kill(Number(/as (\d+)/.exec(output())?.[1]), 'SIGTERM');
  await closed;
});
