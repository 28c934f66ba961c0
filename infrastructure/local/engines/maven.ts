import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MINUTE } from '#shared/time.ts';
import { runCommand } from '../processes/run-command.ts';
import type { Step } from '../progress.ts';

const FETCH_WITHIN_MS = 10 * MINUTE;

/** An artifact of Maven's central repository. */
export type Artifact = { readonly groupId: string; readonly artifactId: string; readonly version: string };

/** Copies artifacts and everything that they need at run time into the folder `lib` of `into`. Maven must be on PATH. */
export async function fetchJars(artifacts: readonly Artifact[], into: string, step: Step): Promise<void> {
  let downloaded = 0;
  const pom = join(into, 'pom.xml');
  await writeFile(pom, pomOf(artifacts));
  await runCommand({
    command: 'mvn',
    args: [
      '--batch-mode',
      '--file',
      pom,
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
  await rm(pom);
}

/** Names the artifacts; Maven adds what they depend on. */
function pomOf(artifacts: readonly Artifact[]): string {
  const dependencies = artifacts.map(
    ({ groupId, artifactId, version }) => `    <dependency>
      <groupId>${groupId}</groupId>
      <artifactId>${artifactId}</artifactId>
      <version>${version}</version>
    </dependency>`,
  );
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local.tchat</groupId>
  <artifactId>engine-runtime</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
${dependencies.join('\n')}
  </dependencies>
</project>
`;
}
