import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { quietStep, type Step } from '../progress.ts';
import { cached } from '../storage/cached.ts';
import { fetchJars } from './maven.ts';
import { onPath } from './on-path.ts';

const ARTIFACT = { groupId: 'io.temporal', artifactId: 'temporal-test-server', version: '1.38.0' };

/** The SDK starts an executable file; this one starts Java on the jars beside it. */
const WRAPPER = `#!/bin/sh
exec java -Xmx256m -XX:+UseSerialGC -cp "$(dirname "$0")/lib/*" io.temporal.testserver.TestServer "$@"
`;

/**
 * Finds Temporal's test server, whose clock jumps over waiting time, or fetches it with Maven. For tests of workflows.
 *
 * @returns the path of an executable for `TestWorkflowEnvironment.createTimeSkipping`.
 */
export async function ensureTimeSkippingServer(cache: string, step: Step = quietStep()): Promise<string> {
  for (const tool of ['java', 'mvn']) {
    if ((await onPath(tool)) === undefined) {
      throw new Error(`Workflow tests need ${tool} on PATH: install a JDK 17 or newer, and Maven.`);
    }
  }
  const folder = await cached(cache, `temporal-test-server-${ARTIFACT.version}`, step, async (into) => {
    await fetchJars([ARTIFACT], into, step);
    await writeFile(join(into, 'server'), WRAPPER);
    await chmod(join(into, 'server'), 0o755);
  });
  return join(folder, 'server');
}
