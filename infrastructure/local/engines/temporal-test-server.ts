import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MINUTE } from '#shared/time.ts';
import { runCommand } from '../processes/run-command.ts';
import { quietStep, type Step } from '../progress.ts';
import { cached } from '../storage/cached.ts';
import { onPath } from './on-path.ts';

const VERSION = '1.38.0';
const FETCH_WITHIN_MS = 10 * MINUTE;

/** Names the one artifact; Maven adds what it depends on. */
const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local.tchat</groupId>
  <artifactId>temporal-test-server-runtime</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>io.temporal</groupId>
      <artifactId>temporal-test-server</artifactId>
      <version>${VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;

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
  const folder = await cached(cache, `temporal-test-server-${VERSION}`, step, async (into) => {
    let downloaded = 0;
    await writeFile(join(into, 'pom.xml'), POM);
    await mkdir(join(into, 'lib'));
    await runCommand({
      command: 'mvn',
      args: [
        '--batch-mode',
        '--file',
        join(into, 'pom.xml'),
        'dependency:copy-dependencies',
        '-DincludeScope=runtime',
        `-DoutputDirectory=${join(into, 'lib')}`,
      ],
      cwd: into,
      timeoutMs: FETCH_WITHIN_MS,
      signal: step.signal,
      onLine: (line) => {
        if (!line.includes('Downloaded from')) return;
        downloaded += 1;
        step.doing(`downloading with Maven (${downloaded} files so far)`);
      },
    });
    await rm(join(into, 'pom.xml'));
    await writeFile(join(into, 'server'), WRAPPER);
    await chmod(join(into, 'server'), 0o755);
  });
  return join(folder, 'server');
}
