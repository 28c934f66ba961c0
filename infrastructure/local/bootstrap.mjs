/**
 * `node infrastructure/local/bootstrap.mjs [--NODE-FLAG…] SCRIPT [ARGUMENT…]` runs a script of this project on the Node that the lock
 * file pins, on a machine where nothing but Node 20 or newer and npm may be installed: it installs the dependencies when
 * they are missing or belong to another lock file, and puts `node_modules/.bin` first on PATH.
 *
 * It is plain JavaScript that Node 20 can run, and imports nothing that would have to be installed first.
 *
 * The script gets a session of its own, so that Ctrl-C in a terminal reaches it once, through here, and not a second
 * time from the terminal. It is stopped when the process that called us dies.
 */
import { spawn } from 'node:child_process';
import { delimiter, dirname, join, resolve } from 'node:path';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { installDependencies } from './bootstrap/install-dependencies.mjs';
import { findNode } from './bootstrap/find-node.mjs';
import { watchCallers } from './bootstrap/watch-callers.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
/** npm passes on a signal that a terminal has sent to the whole group: two of them this close are one. */
const SAME_SIGNAL_MS = 500;

const given = process.argv.slice(2);
const scriptAt = given.findIndex((argument) => !argument.startsWith('--'));
const script = given[scriptAt];
const flags = given.slice(0, scriptAt);
const args = given.slice(scriptAt + 1);

try {
  if (script === undefined)
    throw new Error('Usage: node infrastructure/local/bootstrap.mjs [--NODE-FLAG…] SCRIPT [ARGUMENT…]');
  if (!['linux', 'darwin'].includes(process.platform)) {
    throw new Error(`Tchat runs on Linux and macOS, not on ${process.platform}: on Windows use WSL 2.`);
  }
  await installDependencies(ROOT);
  run(findNode(ROOT), resolve(script));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

/**
 * @param {string} node
 * @param {string} script
 */
function run(node, script) {
  const path = [join(ROOT, 'node_modules', '.bin'), dirname(node), process.env.PATH].join(delimiter);
  const preload = new URL('bootstrap/end-with-parent.mjs', import.meta.url).href;
  const child = spawn(node, [...flags, '--import', preload, script, ...args], {
    stdio: 'inherit',
    detached: true,
    env: {
      // Keeps compiled code, which spares every process 80 ms and 20 MB of compiler. `.ts` files are known by their text.
      NODE_COMPILE_CACHE: join(ROOT, 'node_modules', '.cache', 'node-compile'),
      ...process.env,
      PATH: path,
      TCHAT_BOOTSTRAP_PID: String(process.pid),
    },
  });

  let lastSignalAt = -Infinity;
  /** @param {NodeJS.Signals} signal */
  const passOn = (signal) => {
    if (performance.now() - lastSignalAt < SAME_SIGNAL_MS) return;
    lastSignalAt = performance.now();
    child.kill(signal);
  };
  process.on('SIGINT', passOn);
  process.on('SIGTERM', passOn);

  // Callers that end on the signal that we have passed on already must not turn it into a second one.
  watchCallers(() => lastSignalAt === -Infinity && passOn('SIGTERM'));

  child.once('error', (error) => {
    process.stderr.write(`${node} cannot be run: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.once('exit', (code, signal) => {
    process.exit(code ?? 128 + constants.signals[/** @type {NodeJS.Signals} */ (signal)]);
  });
}
