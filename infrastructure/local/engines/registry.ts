import { join } from 'node:path';
import { SECOND } from '#shared/time.ts';
import { httpAnswers } from '../processes/http-answers.ts';
import { launch, type Running } from '../processes/launch.ts';
import { whenReady } from '../processes/when-ready.ts';
import type { Step } from '../progress.ts';
import { engineFolder } from '../storage/unprivileged.ts';
import { engineProcess } from './engine-process.ts';
import type { RegistryBinary } from './fetch-registry.ts';

/** Some 5 s on idle cores; many times that when everything starts at once. */
const READY_WITHIN_MS = 120 * SECOND;
const STOP_WITHIN_MS = 15 * SECOND;
/** A few hundred small schemas; what it keeps is in memory. */
const JVM_OPTIONS = ['-Xms64m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

export type RegistryOptions = {
  readonly dataDir: string;
  /** Where clients connect. */
  readonly port: number;
};

/** Where a registry that was started here speaks as Confluent's does. */
export function registryUrl(port: number): string {
  return `http://127.0.0.1:${port}/apis/ccompat/v7`;
}

/**
 * Starts a schema registry on 127.0.0.1, and returns when it answers. It keeps everything in memory: after a restart it is
 * empty, and whoever publishes registers again.
 */
export async function startRegistry(
  { java, jar }: RegistryBinary,
  { dataDir, port }: RegistryOptions,
  step: Step,
): Promise<Running> {
  const home = await engineFolder(join(dataDir, 'registry'));
  const server = await launch({
    name: 'registry',
    port,
    dataDir,
    command: java,
    args: [
      ...JVM_OPTIONS,
      `-Djava.io.tmpdir=${home}`,
      '-Dquarkus.http.host=127.0.0.1',
      `-Dquarkus.http.port=${port}`,
      '-jar',
      jar,
    ],
    ...engineProcess(home, step),
    stopWithinMs: STOP_WITHIN_MS,
  });
  step.doing('waiting until it answers');
  return whenReady(server, {
    answers: () => httpAnswers(`${registryUrl(port)}/subjects`),
    withinMs: READY_WITHIN_MS,
    signal: step.signal,
  });
}
