import { join } from 'node:path';
import { SECOND } from '#shared/time.ts';
import { runCommand } from '../processes/run-command.ts';
import type { Step } from '../progress.ts';
import { cached } from '../storage/cached.ts';
import { assertReachable } from '../storage/unprivileged.ts';
import { fetchJars } from './maven.ts';
import { engineOnPath, onPath } from './on-path.ts';

const ARTIFACT = { groupId: 'org.apache.cassandra', artifactId: 'cassandra-all', version: '5.0.9' };
/** What Cassandra 5.0 runs on; newer ones took away what it needs. */
const JAVA_VERSIONS: readonly number[] = [11, 17];
const ELSEWHERE = 'or set CASSANDRA_CONTACT_POINTS to servers of your own.';

/** A Cassandra that can be started here. */
export type CassandraBinary = {
  readonly java: string;
  /** The folder of its jars. */
  readonly jars: string;
};

/**
 * Finds Cassandra in the cache or fetches it with Maven, and the Java that runs it.
 *
 * @throws with a sentence when there is no fitting Java, or no Maven to fetch with.
 */
export async function ensureCassandra(cache: string, step: Step): Promise<CassandraBinary> {
  const java = await findJava();
  const folder = await cached(cache, `cassandra-${ARTIFACT.version}`, step, async (into) => {
    if ((await onPath('mvn')) === undefined) {
      throw new Error(`Cassandra is fetched with Maven, and mvn is not on PATH: install Maven, ${ELSEWHERE}`);
    }
    await fetchJars(ARTIFACT, into, step);
  });
  const jars = join(folder, 'lib');
  await assertReachable(join(jars, `${ARTIFACT.artifactId}-${ARTIFACT.version}.jar`));
  return { java, jars };
}

async function findJava(): Promise<string> {
  const java = await engineOnPath('java');
  const lines =
    java && (await runCommand({ command: java, args: ['--version'], timeoutMs: 10 * SECOND }).catch(() => []));
  const version = Number(/^\S+ (\d+)/.exec(lines?.[0] ?? '')?.[1]);
  if (java && JAVA_VERSIONS.includes(version)) return java;
  const found = java === undefined ? 'no java is on PATH' : `the one on PATH (${java}) is another`;
  throw new Error(
    `Cassandra runs on Java ${JAVA_VERSIONS.join(' or ')}, and ${found}: install such a JDK, ${ELSEWHERE}`,
  );
}
