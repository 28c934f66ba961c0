import { randomBytes } from 'node:crypto';
import { chown, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { SECOND } from '#shared/time.ts';
import { chosenPort } from '../processes/free-port.ts';
import { launch, type Running } from '../processes/launch.ts';
import { runCommand } from '../processes/run-command.ts';
import { whenReady } from '../processes/when-ready.ts';
import type { Step } from '../progress.ts';
import { exists } from '../storage/cached.ts';
import { engineFolder } from '../storage/unprivileged.ts';
import { engineProcess } from './engine-process.ts';
import type { KafkaBinary } from './fetch-kafka.ts';
import { JVM_OPTIONS, kafkaProperties } from './kafka-settings.ts';

/** Some 3 s on idle cores; many times that when everything starts at once. */
const READY_WITHIN_MS = 120 * SECOND;
const FORMAT_WITHIN_MS = 60 * SECOND;
/** It writes what it holds in memory first. */
const STOP_WITHIN_MS = 60 * SECOND;
const PROBE_WITHIN_MS = 2 * SECOND;

export type KafkaOptions = {
  readonly dataDir: string;
  /** Where clients connect. */
  readonly port: number;
  /** Settings beside the usual ones, as for listeners that ask who is there. */
  readonly more?: Readonly<Record<string, string>>;
};

/** Starts a lone Kafka node on 127.0.0.1, which finds its data again, and returns when it answers clients. */
export async function startKafka(
  binary: KafkaBinary,
  { dataDir, port, more }: KafkaOptions,
  step: Step,
): Promise<Running> {
  const home = await engineFolder(join(dataDir, 'kafka'));
  const engine = engineProcess(home, step);
  const properties = join(home, 'server.properties');
  await writeFile(properties, kafkaProperties({ home, port, controllerPort: await chosenPort(0), more }));
  if (engine.user !== undefined) await chown(properties, engine.user.uid, engine.user.gid);
  const java = (main: string, ...args: readonly string[]) => [
    ...JVM_OPTIONS,
    '-cp',
    join(binary.jars, '*'),
    main,
    ...args,
  ];
  if (!(await exists(join(home, 'data', 'meta.properties')))) {
    step.doing('preparing its data folder');
    await runCommand({
      command: binary.java,
      args: java('kafka.tools.StorageTool', 'format', '--cluster-id', clusterId(), '--config', properties),
      ...engine,
      timeoutMs: FORMAT_WITHIN_MS,
    });
  }
  const server = await launch({
    name: 'kafka',
    port,
    dataDir,
    command: binary.java,
    args: java('kafka.Kafka', properties),
    ...engine,
    stopWithinMs: STOP_WITHIN_MS,
  });
  step.doing('waiting until it answers clients');
  return whenReady(server, {
    answers: () => kafkaAnswers('127.0.0.1', port),
    withinMs: READY_WITHIN_MS,
    signal: step.signal,
  });
}

/** A cluster's id is 16 random bytes in URL-safe base64, and begins with no dash: the tool would take it for an option. */
function clusterId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? clusterId() : id;
}

/** A Metadata request, version 0, for all topics: its length, its key 3, correlation id 0, no client id, no topics. */
const METADATA_REQUEST = Buffer.from([0, 0, 0, 14, 0, 3, 0, 0, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0]);
/** Length and correlation id of the answer, then the number of brokers. */
const BROKERS_AT = 8;

/** Whether a Kafka with at least one broker answers here; without a client, for one short question is all that is asked. */
export function kafkaAnswers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: PROBE_WITHIN_MS });
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => socket.write(METADATA_REQUEST));
    socket.once('data', (reply) => done(reply.length >= BROKERS_AT + 4 && reply.readInt32BE(BROKERS_AT) > 0));
    socket.once('timeout', () => done(false));
    socket.once('error', () => done(false));
    socket.once('close', () => done(false));
  });
}
