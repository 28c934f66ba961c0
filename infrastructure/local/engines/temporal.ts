import { join } from 'node:path';
import { SECOND } from '#shared/time.ts';
import { httpAnswers } from '../processes/http-answers.ts';
import { launch, type Running } from '../processes/launch.ts';
import { whenReady } from '../processes/when-ready.ts';
import type { Step } from '../progress.ts';
import { chosenPort } from '../processes/free-port.ts';
import { engineFolder } from '../storage/unprivileged.ts';
import { engineProcess } from './engine-process.ts';
import { flags } from './flags.ts';
import { addSearchAttributes } from './search-attributes.ts';

/** A file database of many histories is migrated and loaded first. */
const READY_WITHIN_MS = 60 * SECOND;
const STOP_WITHIN_MS = 10 * SECOND;

/**
 * Each queue of a shard is polled at most 20 times a second by default, and this server has one shard: a workflow of one
 * activity would take 150 ms for lack of polls.
 */
const POLLED_QUEUES = ['transfer', 'timer', 'visibility', 'outbound'];
const POLLS_PER_SECOND = 5000;

export type TemporalOptions = {
  readonly dataDir: string;
  readonly port: number;
  readonly uiPort: number;
  /** Where the UI asks for payloads in the clear; see the gateway's `/codec`. */
  readonly codecUrl?: string;
  /** False only for tests: histories live in memory. */
  readonly durable: boolean;
  /** Search attributes of the namespace as NAME=TYPE, such as `TchatOrderId=Keyword`. */
  readonly searchAttributes: readonly string[];
  /** Made at the start if it is another than `default`, which always exists. */
  readonly namespace: string;
};

/** Starts Temporal's development server with its UI and returns when its namespace answers. */
export async function startTemporal(command: string, options: TemporalOptions, step: Step): Promise<Running> {
  const home = await engineFolder(join(options.dataDir, 'temporal'));
  const server = await launch({
    name: 'temporal',
    port: options.port,
    dataDir: options.dataDir,
    command,
    args: [
      'server',
      'start-dev',
      ...flags({
        ip: '127.0.0.1',
        port: options.port,
        'ui-port': options.uiPort,
        // Left to itself the server picks these two at random and may take a port that someone else is about to use.
        'http-port': await chosenPort(0),
        'metrics-port': await chosenPort(0),
        'log-level': 'warn',
        color: 'never',
      }),
      ...flags({ namespace: options.namespace }),
      ...(options.codecUrl === undefined ? [] : flags({ 'ui-codec-endpoint': options.codecUrl })),
      '--disable-config-file',
      '--disable-config-env',
      ...(options.durable ? storageFlags(home) : []),
      ...POLLED_QUEUES.flatMap((queue) =>
        flags({ 'dynamic-config-value': `history.${queue}ProcessorMaxPollRPS=${POLLS_PER_SECOND}` }),
      ),
    ],
    ...engineProcess(home, step),
    stopWithinMs: STOP_WITHIN_MS,
  });
  step.doing('waiting until it answers');
  await whenReady(server, {
    answers: () => temporalAnswers(`http://127.0.0.1:${options.uiPort}`, options.namespace),
    withinMs: READY_WITHIN_MS,
    signal: step.signal,
  });
  try {
    await addSearchAttributes(command, options, step);
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Without these two pragmas every write waits for a full sync of the disk, and a start of a workflow takes 27 ms. */
function storageFlags(home: string): string[] {
  return [
    ...flags({ 'db-filename': join(home, 'temporal.db') }),
    ...flags({ 'sqlite-pragma': 'journal_mode=wal' }),
    ...flags({ 'sqlite-pragma': 'synchronous=normal' }),
  ];
}

/** Whether a Temporal server knows its namespace; asked through its UI, which passes the question on to the frontend. */
export function temporalAnswers(uiUrl: string, namespace: string): Promise<boolean> {
  return httpAnswers(`${uiUrl}/api/v1/namespaces/${encodeURIComponent(namespace)}`);
}
