import { once } from 'node:events';
import { SECOND } from '#shared/time.ts';
import { residentBytes } from './sockets/process-use.ts';

/** What a process keeps in memory once all garbage is collected, in bytes. */
export type Weight = {
  /** Objects of its own heap and of those of its threads, in which workflows run. */
  readonly heap: number;
  /** All of its memory that is in RAM, with what native code and freed pages take. */
  readonly resident: number;
};

const READY_WITHIN_MS = 10 * SECOND;
const LOOK_EVERY_MS = 100;
/** A collection finds what finalizers of the one before have let go. */
const COLLECTIONS = 3;

type Reply = { readonly id?: number; readonly method?: string; readonly params?: object; readonly result?: object };

/**
 * Weighs a running process: opens its debugger (SIGUSR1), collects the garbage of each of its heaps, and counts. The process
 * is any of Node's, started with `--inspect-port=<port>`, and needs to know nothing of it.
 */
export async function weigh(pid: number, inspectPort: number): Promise<Weight> {
  process.kill(pid, 'SIGUSR1');
  await using debuggee = await attach(await debuggerUrl(inspectPort));
  const heaps = await Promise.all([debuggee, ...(await debuggee.threads())].map(heapOf));
  return { heap: heaps.reduce((sum, bytes) => sum + bytes, 0), resident: residentBytes(pid) };
}

type Heap = { ask(method: string): Promise<object> };

async function heapOf(heap: Heap): Promise<number> {
  for (let turn = 0; turn < COLLECTIONS; turn += 1) await heap.ask('HeapProfiler.collectGarbage');
  return ((await heap.ask('Runtime.getHeapUsage')) as { usedSize: number }).usedSize;
}

async function debuggerUrl(port: number): Promise<string> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/json/list`).catch(() => undefined);
    const [target] = response?.ok === true ? ((await response.json()) as { webSocketDebuggerUrl: string }[]) : [];
    if (target !== undefined) return target.webSocketDebuggerUrl;
    if (Date.now() > deadline) throw new Error(`no debugger answers on port ${port}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** A session of the debugger's protocol. */
async function attach(url: string): Promise<Heap & AsyncDisposable & { threads(): Promise<Heap[]> }> {
  const socket = new WebSocket(url);
  await once(socket, 'open');
  const waiting = new Map<string, (result: object) => void>();
  const sessions = new Set<string>();
  let asked = 0;

  /** Answers of a thread come wrapped in an event, and are counted by their session. */
  function hear(text: string, session = ''): void {
    const { id, method, params, result } = JSON.parse(text) as Reply;
    if (id !== undefined) waiting.get(`${session} ${id}`)?.(result ?? {});
    const { sessionId, message } = (params ?? {}) as { readonly sessionId?: string; readonly message?: string };
    if (method === 'NodeWorker.attachedToWorker' && sessionId !== undefined) sessions.add(sessionId);
    if (method === 'NodeWorker.receivedMessageFromWorker' && message !== undefined) hear(message, sessionId);
  }
  socket.addEventListener('message', ({ data }) => hear(String(data)));

  function ask(session: string, method: string, params: object = {}): Promise<object> {
    const id = (asked += 1);
    const answered = new Promise<object>((resolve) => waiting.set(`${session} ${id}`, resolve));
    const message = JSON.stringify({ id, method, params });
    if (session === '') socket.send(message);
    else void ask('', 'NodeWorker.sendMessageToWorker', { sessionId: session, message });
    return answered;
  }

  return {
    ask: (method) => ask('', method),
    threads: async () => {
      // Threads that run already are told of before this is answered.
      await ask('', 'NodeWorker.enable', { waitForDebuggerOnStart: false });
      return [...sessions].map((session) => ({ ask: (method: string) => ask(session, method) }));
    },
    [Symbol.asyncDispose]: async () => {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}
