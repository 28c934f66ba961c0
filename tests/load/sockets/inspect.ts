import { z } from 'zod';
import { pause } from '../measure.ts';

/** Where Node opens its inspector when a signal asks it to. One process at a time has the port. */
const TARGETS_URL = 'http://127.0.0.1:9229/json/list';
const OPEN_TRIES = 50;
const OPEN_EVERY_MS = 100;
/** What one collection frees of handles and buffers, the next one finds. */
const COLLECTIONS = 3;

const Targets = z.tuple([z.object({ webSocketDebuggerUrl: z.string() })]);
const Answer = z.object({ result: z.object({ result: z.object({ value: z.unknown() }).optional() }) });

/**
 * Has a Node process put away all its garbage, so that what is weighed next is what it holds: how much lies about
 * uncollected is chance, and differs between a process that allocates much and one that allocates little.
 */
export async function collectGarbage(pid: number): Promise<void> {
  const inspector = await openInspector(pid);
  for (let times = 0; times < COLLECTIONS; times += 1) await inspector.ask('HeapProfiler.collectGarbage');
  // Closing it frees the port for the next process, and cuts the answer off.
  await Promise.race([inspector.evaluate("process.getBuiltinModule('node:inspector').close()"), inspector.closed]);
}

async function openInspector(pid: number) {
  for (let tries = 0; tries < OPEN_TRIES; tries += 1) {
    process.kill(pid, 'SIGUSR1');
    await pause(OPEN_EVERY_MS);
    const inspector = await connected().catch(() => undefined);
    if (inspector === undefined) continue;
    if ((await inspector.evaluate('process.pid')) === pid) return inspector;
    inspector.close();
  }
  throw new Error(`process ${pid} does not open its inspector`);
}

async function connected() {
  const [target] = Targets.parse(await (await fetch(TARGETS_URL)).json());
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  const closed = new Promise((resolve) => socket.addEventListener('close', resolve, { once: true }));
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true });
    socket.addEventListener('error', reject, { once: true });
  });

  async function ask(method: string, params: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const answered = new Promise<MessageEvent>((resolve) =>
      socket.addEventListener('message', resolve, { once: true }),
    );
    socket.send(JSON.stringify({ id: 1, method, params }));
    return JSON.parse(String((await answered).data));
  }

  return {
    ask,
    evaluate: async (expression: string) =>
      Answer.parse(await ask('Runtime.evaluate', { expression })).result.result?.value,
    closed,
    close: () => socket.close(),
  };
}
