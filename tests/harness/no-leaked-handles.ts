import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';

/** What a test must close: sockets, servers and child processes. */
const COUNTED = new Set(['TCPSocketWrap', 'TCPServerWrap', 'ProcessWrap']);
/** Closing takes a few turns of the event loop; what is still open after this was forgotten. */
const GRACE_MS = 3_000;

function open(): string[] {
  return process.getActiveResourcesInfo().filter((kind) => COUNTED.has(kind));
}

let before = 0;

beforeAll(() => {
  before = open().length;
});

afterAll(async () => {
  for (let waitedMs = 0; open().length > before && waitedMs < GRACE_MS; waitedMs += 50) await sleep(50);
  if (open().length > before) throw new Error(`this file left handles open: ${open().join(', ')}`);
});
