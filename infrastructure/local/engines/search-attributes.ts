import { z } from 'zod';
import { MINUTE, SECOND } from '#shared/time.ts';
import { runCommand } from '../processes/run-command.ts';
import type { Step } from '../progress.ts';
import { flags } from './flags.ts';

const ASK_WITHIN_MS = 10 * SECOND;

const Known = z.object({ customAttributes: z.record(z.string(), z.string()).default({}) });

export type SearchAttributeOptions = {
  readonly port: number;
  readonly uiPort: number;
  readonly namespace: string;
  /** NAME=TYPE each. */
  readonly searchAttributes: readonly string[];
};

/**
 * Adds the search attributes that a namespace lacks. The server takes them as flags too, but heeds those only when it
 * makes a new database.
 */
export async function addSearchAttributes(
  command: string,
  { port, uiPort, namespace, searchAttributes }: SearchAttributeOptions,
  step: Step,
): Promise<void> {
  if (searchAttributes.length === 0) return;
  const url = `http://127.0.0.1:${uiPort}/api/v1/namespaces/${encodeURIComponent(namespace)}/search-attributes`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(ASK_WITHIN_MS) });
  const known = Known.parse(await answer.json()).customAttributes;
  const missing = searchAttributes.map((text) => text.split('=')).filter(([name]) => !Object.hasOwn(known, name ?? ''));
  if (missing.length === 0) return;
  step.doing('adding search attributes');
  await runCommand({
    command,
    args: [
      'operator',
      'search-attribute',
      'create',
      ...flags({ address: `127.0.0.1:${port}`, namespace }),
      ...missing.flatMap(([name = '', type = '']) => flags({ name, type })),
      '--disable-config-file',
      '--disable-config-env',
    ],
    timeoutMs: MINUTE,
    signal: step.signal,
  });
}
