import { join } from 'node:path';
import type { Step } from '../progress.ts';
import { cached } from '../storage/cached.ts';
import { assertReachable } from '../storage/unprivileged.ts';
import { findJava } from './java.ts';
import { type Artifact, fetchJars } from './maven.ts';
import { onPath } from './on-path.ts';

const KAFKA: Artifact = { groupId: 'org.apache.kafka', artifactId: 'kafka_2.13', version: '4.4.0' };
/** Sends what the server logs to its output, which the launcher keeps. */
const LOGGER: Artifact = { groupId: 'org.slf4j', artifactId: 'slf4j-simple', version: '1.7.36' };
const JAVA_RELEASE_MIN = 17;
const ELSEWHERE = 'or set KAFKA_BROKERS to servers of your own.';

/** A Kafka that can be started here. */
export type KafkaBinary = {
  readonly java: string;
  /** The folder of its jars. */
  readonly jars: string;
};

/**
 * Finds Kafka in the cache or fetches it with Maven, and the Java that runs it.
 *
 * @throws with a sentence when there is no fitting Java, or no Maven to fetch with.
 */
export async function ensureKafka(cache: string, step: Step): Promise<KafkaBinary> {
  const java = await findJava({
    engine: 'Kafka',
    fits: (release) => release >= JAVA_RELEASE_MIN,
    says: `Java ${JAVA_RELEASE_MIN} or newer`,
    elsewhere: ELSEWHERE,
  });
  const folder = await cached(cache, `kafka-${KAFKA.version}`, step, async (into) => {
    if ((await onPath('mvn')) === undefined) {
      throw new Error(`Kafka is fetched with Maven, and mvn is not on PATH: install Maven, ${ELSEWHERE}`);
    }
    await fetchJars([KAFKA, LOGGER], into, step);
  });
  const jars = join(folder, 'lib');
  await assertReachable(join(jars, `${KAFKA.artifactId}-${KAFKA.version}.jar`));
  return { java, jars };
}
