import { join } from 'node:path';
import type { Step } from '../progress.ts';
import { cached } from '../storage/cached.ts';
import { assertReachable } from '../storage/unprivileged.ts';
import { findJava } from './java.ts';
import { fetchJars } from './maven.ts';
import { onPath } from './on-path.ts';

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
  const java = await findJava({
    engine: 'Cassandra',
    fits: (release) => JAVA_VERSIONS.includes(release),
    says: `Java ${JAVA_VERSIONS.join(' or ')}`,
    elsewhere: ELSEWHERE,
  });
  const folder = await cached(cache, `cassandra-${ARTIFACT.version}`, step, async (into) => {
    if ((await onPath('mvn')) === undefined) {
      throw new Error(`Cassandra is fetched with Maven, and mvn is not on PATH: install Maven, ${ELSEWHERE}`);
    }
    await fetchJars([ARTIFACT], into, step);
  });
  const jars = join(folder, 'lib');
  await assertReachable(join(jars, `${ARTIFACT.artifactId}-${ARTIFACT.version}.jar`));
  return { java, jars };
}
