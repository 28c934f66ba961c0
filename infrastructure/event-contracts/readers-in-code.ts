import { glob, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AuditRecorded } from '#shared/events/audit.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const READERS = ['workers/**/*.ts', 'services/**/*.ts', 'infrastructure/**/*.ts', 'shared/workflows/*.ts'];
/** Folders whose files each name events for one group, which gathers them. */
const GATHERED: ReadonlyMap<string, string> = new Map([
  ['shared/workflows', 'workflow-driver'],
  ['services/notifications/from-events', 'people-told'],
]);

const DECLARED = /export const (\w+) = defineEvent\(\s*'([^']+)'/g;
const GROUP = /\bgroup: '([a-z-]+)'/;
const WANTED = /\btypes: \[([^\]]*\.type[^\]]*)\]/g;
const NAMED = /(\w+)\.type\b/g;

/** The types of events by the names of their kinds, as the files of shared/events declare them. */
export async function declaredEvents(): Promise<ReadonlyMap<string, string>> {
  const declared: [string, string][] = [];
  for await (const file of glob('shared/events/*.ts', { cwd: ROOT, exclude: isTest })) {
    const text = await readFile(join(ROOT, file), 'utf8');
    declared.push(
      ...Array.from(text.matchAll(DECLARED), ([, name = '', type = '']) => [name, type] as [string, string]),
    );
  }
  return new Map(declared);
}

/** Which consumer groups want an event, by its type, as the code says: whoever names it in the `types` of a group. */
export async function readersInCode(): Promise<ReadonlyMap<string, readonly string[]>> {
  const types = await declaredEvents();
  const readers = new Map<string, Set<string>>();
  for await (const file of glob(READERS, { cwd: ROOT, exclude: isTest })) {
    const text = await readFile(join(ROOT, file), 'utf8');
    const group = GATHERED.get(dirname(file)) ?? GROUP.exec(text)?.[1];
    if (group === undefined) continue;
    for (const [, list = ''] of text.matchAll(WANTED)) {
      for (const [, name = ''] of list.matchAll(NAMED)) {
        const type = types.get(name);
        if (type !== undefined) readers.set(type, (readers.get(type) ?? new Set()).add(group));
      }
    }
  }
  return new Map(Array.from(readers, ([type, groups]) => [type, [...groups].toSorted()]));
}

/** Every consumer group that the code names. */
export async function groupsInCode(): Promise<readonly string[]> {
  const groups = new Set<string>();
  for await (const file of glob(['workers/**/*.ts', 'services/**/*.ts', 'infrastructure/**/*.ts'], {
    cwd: ROOT,
    exclude: isTest,
  })) {
    const group = GROUP.exec(await readFile(join(ROOT, file), 'utf8'))?.[1];
    if (group !== undefined) groups.add(group);
  }
  return [...groups].toSorted();
}

/** The events that some code writes, by the names of their kinds: it hands them to `happened`, or their version to SQL. */
export async function writersInCode(): Promise<ReadonlySet<string>> {
  const types = await declaredEvents();
  const written = new Set<string>();
  for await (const file of glob(['services/**/*.ts', 'infrastructure/**/*.ts'], { cwd: ROOT, exclude: isTest })) {
    const text = await readFile(join(ROOT, file), 'utf8');
    for (const [name, type] of types) if (isWrittenIn(text, name, type)) written.add(name);
  }
  return written;
}

function isWrittenIn(text: string, name: string, type: string): boolean {
  if (type === AuditRecorded.type) return text.includes('...AUDIT_EVENT');
  if (text.includes(`${name}.version`)) return true;
  return text.includes('happened(') && new RegExp(`\\b${name}\\b(?!\\.type)`).test(text);
}

function isTest(path: string): boolean {
  return path.endsWith('.test.ts') || path.includes('node_modules');
}
