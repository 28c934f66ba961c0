import { chown, mkdir, readdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SECOND } from '#shared/time.ts';
import { chosenPort } from '../processes/free-port.ts';
import { launch, type Running } from '../processes/launch.ts';
import { whenReady } from '../processes/when-ready.ts';
import type { Step } from '../progress.ts';
import { engineFolder, engineUser } from '../storage/unprivileged.ts';
import { engineProcess } from './engine-process.ts';
import { cassandraYaml, JVM_OPTIONS, LOGBACK_XML, LONE_NODE_OPTIONS } from './cassandra-settings.ts';
import type { CassandraBinary } from './fetch-cassandra.ts';

/** Some 10 s on idle cores; several times that when everything starts at once. */
const READY_WITHIN_MS = 240 * SECOND;
/** It writes its memory tables to disk first. */
const STOP_WITHIN_MS = 60 * SECOND;
const PROBE_WITHIN_MS = 2 * SECOND;

export type CassandraOptions = {
  readonly dataDir: string;
  /** Where clients connect. */
  readonly port: number;
};

/** Starts a lone Cassandra node on 127.0.0.1, which finds its data again, and returns when it takes queries. */
export async function startCassandra(
  binary: CassandraBinary,
  { dataDir, port }: CassandraOptions,
  step: Step,
): Promise<Running> {
  const home = await engineFolder(join(dataDir, 'cassandra'));
  const temporary = await engineFolder(join(home, 'tmp'));
  const configuration = await writtenSettings(home, port);
  const agent = (await readdir(binary.jars)).find((name) => /^jamm-.*\.jar$/.test(name));
  if (agent === undefined)
    throw new Error(`${binary.jars} lacks a jar of Cassandra: remove that folder and start again.`);
  const server = await launch({
    name: 'cassandra',
    port,
    dataDir,
    command: binary.java,
    args: [
      ...JVM_OPTIONS,
      `-javaagent:${join(binary.jars, agent)}`,
      `-Djava.io.tmpdir=${temporary}`,
      `-Djna.tmpdir=${temporary}`,
      `-Dcassandra.storagedir=${home}`,
      `-Dcassandra.config=${pathToFileURL(configuration.yaml).href}`,
      `-Dlogback.configurationFile=${pathToFileURL(configuration.logback).href}`,
      ...LONE_NODE_OPTIONS,
      '-cp',
      join(binary.jars, '*'),
      'org.apache.cassandra.service.CassandraDaemon',
    ],
    ...engineProcess(home, step),
    stopWithinMs: STOP_WITHIN_MS,
  });
  step.doing('waiting until it takes queries');
  return whenReady(server, {
    answers: () => cassandraAnswers('127.0.0.1', port),
    withinMs: READY_WITHIN_MS,
    signal: step.signal,
  });
}

async function writtenSettings(home: string, port: number): Promise<{ yaml: string; logback: string }> {
  const folder = join(home, 'conf');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const yaml = join(folder, 'cassandra.yaml');
  const logback = join(folder, 'logback.xml');
  await writeFile(yaml, cassandraYaml({ home, port, storagePort: await chosenPort(0) }));
  await writeFile(logback, LOGBACK_XML);
  const user = engineUser();
  if (user !== undefined) for (const path of [folder, yaml, logback]) await chown(path, user.uid, user.gid);
  return { yaml, logback };
}

/** An OPTIONS request of the native protocol, version 4: no flags, stream 0, no body. */
const OPTIONS_REQUEST = Buffer.from([0x04, 0x00, 0x00, 0x00, 0x05, 0x00, 0x00, 0x00, 0x00]);
/** How its answer, SUPPORTED, begins. */
const SUPPORTED = Buffer.from([0x84, 0x00, 0x00, 0x00, 0x06]);

/** Whether a Cassandra takes queries here; without a client, for one short question is all that is asked. */
export function cassandraAnswers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: PROBE_WITHIN_MS });
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => socket.write(OPTIONS_REQUEST));
    socket.once('data', (reply) => done(reply.subarray(0, SUPPORTED.length).equals(SUPPORTED)));
    socket.once('timeout', () => done(false));
    socket.once('error', () => done(false));
    socket.once('close', () => done(false));
  });
}
