import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { type Measured, pause } from '../measure.ts';
import type { CarrierLoad, Progress, ToCarrier } from './carrier.main.ts';
import type { ToWriter, WriterLoad, Written } from './writer.main.ts';

const WRITER = new URL('writer.main.ts', import.meta.url).pathname;
const CARRIER = new URL('carrier.main.ts', import.meta.url).pathname;
/** Milliseconds that what was written may take to have its effect once writing has ended. */
const DRAINED_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 20;

type Run = WriterLoad & {
  readonly warmUpMs: number;
  readonly runMs: number;
  /** Told when writing has ended; for what looks at the database meanwhile. */
  readonly onWritten?: () => void;
};

export type Carriage = Measured & {
  readonly written: number;
  /** From the end of writing to the last effect. */
  readonly drainMs: number;
};

/** Writes events in one process, carries them to their effect in another, and says how long they were under way. */
export async function carry({ warmUpMs, runMs, onWritten, ...load }: Run): Promise<Carriage> {
  const [writer, carrier] = [start(WRITER), start(CARRIER)];
  try {
    let [effects, isWriting] = [0, true];
    carrier.on('message', (told: Progress | Measured) => {
      if (!('effects' in told)) return;
      effects = told.effects;
      if (isWriting) writer.send({ effects } satisfies ToWriter);
    });
    carrier.send({ url: load.url, way: load.way } satisfies CarrierLoad);
    writer.send(load);
    await pause(warmUpMs);
    carrier.send('reset' satisfies ToCarrier);
    await pause(runMs);
    const measured = answer<Measured>(carrier, (told) => 'p99Ms' in told);
    carrier.send('read' satisfies ToCarrier);
    const result = await measured;

    const ending = answer<Written>(writer, () => true);
    isWriting = false;
    writer.send('end' satisfies ToWriter);
    const { written, failed } = await ending;
    const endedAt = performance.now();
    onWritten?.();
    while (effects < written && performance.now() - endedAt < DRAINED_WITHIN_MS) await pause(LOOK_EVERY_MS);
    const drainMs = performance.now() - endedAt;
    if (effects !== written) throw new Error(`${written} events were written, and ${effects} had an effect`);
    const gone = once(carrier, 'exit');
    carrier.send('end' satisfies ToCarrier);
    await gone;
    return { ...result, failed, written, drainMs };
  } finally {
    for (const child of [writer, carrier]) child.kill('SIGKILL');
  }
}

function start(script: string): ChildProcess {
  return fork(script, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

/** The next message that fits. */
function answer<T extends object>(child: ChildProcess, fits: (told: object) => boolean): Promise<T> {
  return new Promise((resolve, reject) => {
    const onExit = () => reject(new Error('a process of the benchmark ended before it had answered'));
    child.once('exit', onExit);
    child.on('message', function hear(told: object) {
      if (!fits(told)) return;
      child.off('message', hear);
      child.off('exit', onExit);
      resolve(told as T);
    });
  });
}
