import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const TELL_EVERY_MS = 10_000;
const TRY_AGAIN_AFTER_MS = 500;

/**
 * Installs what package-lock.json pins, unless it is already there. One process at a time does it; others wait.
 *
 * @param {string} root the checkout
 */
export async function installDependencies(root) {
  if (isInstalled(root)) return;
  const release = await takeTurn(root);
  try {
    if (!isInstalled(root)) await npmCi(root);
  } finally {
    release();
  }
}

/**
 * Whether node_modules holds what the lock file pins. npm notes what it installed in a hidden lock file; optional
 * packages are missing there when they are for another platform.
 *
 * @param {string} root
 */
export function isInstalled(root) {
  try {
    const wanted = packagesOf(join(root, 'package-lock.json'));
    const installed = packagesOf(join(root, 'node_modules', '.package-lock.json'));
    return Object.entries(wanted).every(([path, pinned]) => {
      if (path === '') return true;
      const found = installed[path];
      if (found === undefined) return pinned.optional === true || pinned.devOptional === true;
      return found.version === pinned.version && found.integrity === pinned.integrity;
    });
  } catch {
    return false;
  }
}

/**
 * @param {string} lockFile
 * @returns {Record<string, {version?: string, integrity?: string, optional?: boolean, devOptional?: boolean}>}
 */
function packagesOf(lockFile) {
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
}

/** @param {string} root */
async function npmCi(root) {
  const began = performance.now();
  const tell = () => Math.round((performance.now() - began) / 1000);
  process.stderr.write('Installing the dependencies with npm ci …\n');
  const timer = setInterval(() => process.stderr.write(`… still installing (${tell()} s)\n`), TELL_EVERY_MS);
  // No package runs a script of its own on this machine. Development and optional packages are needed to run at all,
  // whatever this machine's npm settings leave out.
  const args = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  const npm = spawn('npm', args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PATH: pathWithout(root) },
  });
  const failure = await new Promise((resolve) => {
    npm.once('error', (error) => resolve(error.message));
    npm.once('exit', (code, signal) => resolve(code === 0 ? undefined : `${signal ?? `code ${code}`}`));
  });
  clearInterval(timer);
  if (failure !== undefined) {
    throw new Error(`The dependencies could not be installed: npm ci failed (${failure}); what it says is above.`);
  }
  process.stderr.write(`Installed in ${tell()} s.\n`);
}

/**
 * PATH without the folder that npm is about to empty: it may hold the very node that npm would run on.
 *
 * @param {string} root
 */
function pathWithout(root) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.filter((folder) => folder !== join(root, 'node_modules', '.bin')).join(delimiter);
}

/**
 * Waits until no other process installs into this checkout. The lock names its holder, so that one left behind by a
 * killed process is seen through.
 *
 * @param {string} root
 * @returns {Promise<() => void>} lets the next one in
 */
async function takeTurn(root) {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16);
  const path = join(tmpdir(), `tchat-install-${name}.lock`);
  for (let told = false; ; told = true) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    }
    if (!told) process.stderr.write('Another process is installing the dependencies; waiting for it …\n');
    if (holderIsGone(path)) rmSync(path, { force: true });
    else await sleep(TRY_AGAIN_AFTER_MS);
  }
}

/** @param {string} path */
function holderIsGone(path) {
  try {
    process.kill(Number(readFileSync(path, 'utf8')), 0);
    return false;
  } catch (error) {
    // EPERM: it lives and belongs to someone else. ENOENT: it has just finished.
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH';
  }
}
