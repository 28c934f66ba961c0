import { createHash } from 'node:crypto';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const ROOT = new URL('../../', import.meta.url).pathname;

/** Where the digests of landed migrations are kept. */
export const LANDED_FILE = join(ROOT, 'tests/rules/landed-migrations.json');

/** Digests of migrations, by their paths. */
export type Digests = Readonly<Record<string, string>>;

/** The migrations that are there now. */
export async function presentMigrations(): Promise<Digests> {
  const found: [string, string][] = [];
  for await (const path of glob('{services,infrastructure}/*/migrations/*.sql', { cwd: ROOT })) {
    const text = await readFile(join(ROOT, path));
    found.push([path, createHash('sha256').update(text).digest('hex')]);
  }
  return Object.fromEntries(found.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

export async function landedMigrations(): Promise<Digests> {
  return JSON.parse(await readFile(LANDED_FILE, 'utf8')) as Digests;
}

/** What was done to migrations that have landed: databases have them as they were, and never take them again. */
export function tampered(landed: Digests, present: Digests): string[] {
  return Object.entries(landed).flatMap(([path, digest]) => {
    if (present[path] === undefined) return [`${path} is gone: a migration that has landed stays`];
    return present[path] === digest ? [] : [`${path} was edited: write the next one instead`];
  });
}
