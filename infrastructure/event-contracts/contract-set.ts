import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EVENT_KINDS, domainOf } from '#shared/events/catalogue.ts';
import { type JsonSchema, eventSchema, versionsOf } from '#shared/events/schemas.ts';
import { withRetired } from './with-retired.ts';

/** What others are promised of one version of an event. */
export type Promised = {
  /** The field that holds the aggregate's id. */
  readonly key: string;
  readonly schema: JsonSchema;
};

/** Promises by type and version. */
export type ContractSet = Readonly<Record<string, Readonly<Record<string, Promised>>>>;

/** What the code at hand declares. */
export function presentSet(): ContractSet {
  return Object.fromEntries(
    Array.from(EVENT_KINDS.values(), (kind) => [
      kind.type,
      Object.fromEntries(
        versionsOf(kind).map(({ version }) => [version, { key: kind.key ?? '', schema: eventSchema(kind, version) }]),
      ),
    ]),
  );
}

/**
 * The present set as others must be able to read it: with the fields that are written no more, but that events of an earlier
 * release have. So a field that was dropped cannot come back as another either.
 */
export function promisedSet(present: ContractSet, released: ContractSet): ContractSet {
  return mapSet(present, (promised, type, version) => {
    const before = released[type]?.[version];
    return before === undefined ? promised : { ...promised, schema: withRetired(promised.schema, before.schema) };
  });
}

function mapSet(
  set: ContractSet,
  change: (promised: Promised, type: string, version: string) => Promised,
): ContractSet {
  return Object.fromEntries(
    Object.entries(set).map(([type, versions]) => [
      type,
      Object.fromEntries(
        Object.entries(versions).map(([version, promised]) => [version, change(promised, type, version)]),
      ),
    ]),
  );
}

/** Where the last released set is kept, a file for each domain. */
export const RELEASED_FOLDER = new URL('../../shared/events/released/', import.meta.url).pathname;

export async function readReleased(folder = RELEASED_FOLDER): Promise<ContractSet> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  const sets = await Promise.all(files.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8'))));
  return Object.assign({}, ...(sets as ContractSet[])) as ContractSet;
}

export async function writeReleased(set: ContractSet, folder = RELEASED_FOLDER): Promise<void> {
  await mkdir(folder, { recursive: true });
  const byDomain = Map.groupBy(Object.entries(set), ([type]) => domainOf(type));
  for (const [domain, entries] of byDomain) {
    const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
    await writeFile(join(folder, `${domain}.json`), `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
  }
}
