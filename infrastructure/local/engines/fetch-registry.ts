import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MINUTE } from '#shared/time.ts';
import { runCommand } from '../processes/run-command.ts';
import type { Step } from '../progress.ts';
import { cached } from '../storage/cached.ts';
import { assertReachable } from '../storage/unprivileged.ts';
import { findJava } from './java.ts';
import { onPath } from './on-path.ts';

const VERSION = '2.6.13.Final';
/** The server with all that it needs, packed as one archive. */
const ARTIFACT = `io.apicurio:apicurio-registry-app:${VERSION}:tar.gz:all`;
const ARCHIVE = `apicurio-registry-app-${VERSION}-all.tar.gz`;
const JAVA_RELEASE_MIN = 17;
const FETCH_WITHIN_MS = 10 * MINUTE;
const ELSEWHERE = 'or set SCHEMA_REGISTRY_URL to a registry of your own.';

/** A schema registry that can be started here. */
export type RegistryBinary = {
  readonly java: string;
  readonly jar: string;
};

/**
 * Finds Apicurio in the cache or fetches it with Maven, and the Java that runs it.
 *
 * @throws with a sentence when there is no fitting Java, or no Maven to fetch with.
 */
export async function ensureRegistry(cache: string, step: Step): Promise<RegistryBinary> {
  const java = await findJava({
    engine: 'The schema registry',
    fits: (release) => release >= JAVA_RELEASE_MIN,
    says: `Java ${JAVA_RELEASE_MIN} or newer`,
    elsewhere: ELSEWHERE,
  });
  const folder = await cached(cache, `apicurio-${VERSION}`, step, (into) => fetchArchive(into, step));
  const jar = join(folder, `apicurio-registry-app-${VERSION}-runner.jar`);
  await assertReachable(jar);
  return { java, jar };
}

async function fetchArchive(into: string, step: Step): Promise<void> {
  if ((await onPath('mvn')) === undefined) {
    throw new Error(`The schema registry is fetched with Maven, and mvn is not on PATH: install Maven, ${ELSEWHERE}`);
  }
  step.doing('downloading with Maven (140 MB)');
  await runCommand({
    command: 'mvn',
    args: ['--batch-mode', 'dependency:copy', `-Dartifact=${ARTIFACT}`, `-DoutputDirectory=${into}`],
    cwd: into,
    timeoutMs: FETCH_WITHIN_MS,
    signal: step.signal,
  });
  const archive = join(into, ARCHIVE);
  await runCommand({ command: 'tar', args: ['-xzf', archive, '-C', into], timeoutMs: MINUTE, signal: step.signal });
  await rm(archive);
}
