import { SECOND } from '#shared/time.ts';
import { runCommand } from '../processes/run-command.ts';
import { engineOnPath } from './on-path.ts';

export type JavaNeed = {
  /** Who asks, for the sentence that is told when there is none: `Cassandra`. */
  readonly engine: string;
  /** Whether it runs on this release. */
  readonly fits: (release: number) => boolean;
  /** The fitting releases in words: `Java 11 or 17`. */
  readonly says: string;
  /** What to do instead of installing one. */
  readonly elsewhere: string;
};

/**
 * The Java on PATH that an engine runs on.
 *
 * @throws with a sentence when there is none, or only another release.
 */
export async function findJava({ engine, fits, says, elsewhere }: JavaNeed): Promise<string> {
  const java = await engineOnPath('java');
  const lines =
    java && (await runCommand({ command: java, args: ['--version'], timeoutMs: 10 * SECOND }).catch(() => []));
  const release = Number(/^\S+ (\d+)/.exec(lines?.[0] ?? '')?.[1]);
  if (java && fits(release)) return java;
  const found = java === undefined ? 'no java is on PATH' : `the one on PATH (${java}) is another`;
  throw new Error(`${engine} runs on ${says}, and ${found}: install such a JDK, ${elsewhere}`);
}
