import { readFile, writeFile } from 'node:fs/promises';
import { EVENT_DOMAINS, EVENT_KINDS } from '#shared/events/catalogue.ts';
import { domainUnion, jsonSchemaOf, versionsOf } from '#shared/events/schemas.ts';
import { breaches } from './breaches.ts';
import { eventsTable, TABLES_BEGIN } from './events-table.ts';
import { presentSet, promisedSet, readReleased, writeReleased } from './contract-set.ts';

const USAGE = `Usage: npm run events -- list | schema NAME [VERSION] | check [FOLDER] | release | retire TYPE VERSION | docs
  list                  every event, its versions, and what it tells
  schema NAME [VERSION] the JSON Schema of the data of an event, or of all that a domain tells
  check [FOLDER]        whether all events of the last release can be read: 1 when not, with the event and the field;
                        of another release when its shared/events/released is named
  release               writes what is promised from now on into shared/events/released
  retire TYPE VERSION   forgets a version that no log holds any more, in the released set
  docs                  writes the tables of docs/events.md`;

async function check(folder?: string): Promise<boolean> {
  const released = await readReleased(folder);
  const found = breaches(released, promisedSet(presentSet(), released));
  for (const { event, says } of found) console.error(`${event}: ${says}`);
  if (found.length > 0) console.error('docs/events.md says how an event is changed: give it the next version.');
  else console.log(`All events of the last release can be read: ${Object.keys(released).length} kinds.`);
  return found.length === 0;
}

async function release(): Promise<boolean> {
  if (!(await check())) return false;
  const released = await readReleased();
  await writeReleased(promisedSet(presentSet(), released));
  return true;
}

async function retire(type?: string, version?: string): Promise<boolean> {
  const released = await readReleased();
  const versions = released[type ?? ''];
  if (type === undefined || version === undefined || versions?.[version] === undefined) {
    throw new Error(`The last release has no ${type} v${version}.`);
  }
  const { [version]: _, ...left } = versions;
  const { [type]: _all, ...others } = released;
  await writeReleased(Object.keys(left).length === 0 ? others : { ...others, [type]: left });
  return true;
}

function list(): boolean {
  for (const kind of EVENT_KINDS.values()) {
    const versions = versionsOf(kind).map(({ version }) => `v${version}`);
    console.log(`${kind.type.padEnd(34)} ${versions.join(' ').padEnd(6)} ${kind.says ?? ''}`);
  }
  return true;
}

function schema(name = '', version?: string): boolean {
  const versions = presentSet()[name];
  const found = EVENT_DOMAINS.has(name)
    ? jsonSchemaOf(domainUnion(name))
    : versions?.[version ?? Object.keys(versions).at(-1) ?? '']?.schema;
  if (found === undefined) throw new Error(`There is no event ${name} ${version ?? ''}; see npm run events -- list`);
  console.log(JSON.stringify(found, null, 2));
  return true;
}

async function docs(): Promise<boolean> {
  const path = new URL('../../docs/events.md', import.meta.url);
  const [introduction = ''] = (await readFile(path, 'utf8')).split(TABLES_BEGIN);
  await writeFile(path, introduction + (await eventsTable()));
  return true;
}

const COMMANDS: Readonly<Record<string, (type?: string, version?: string) => boolean | Promise<boolean>>> = {
  list,
  schema,
  check,
  release,
  retire,
  docs,
};

try {
  const [name = '', type, version] = process.argv.slice(2);
  const command = COMMANDS[name];
  if (command === undefined) throw new Error(USAGE);
  if (!(await command(type, version))) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
