import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { RELEASED_FOLDER } from '#infrastructure/event-contracts/contract-set.ts';
import { eventsTable } from '#infrastructure/event-contracts/events-table.ts';
import {
  declaredEvents,
  groupsInCode,
  readersInCode,
  writersInCode,
} from '#infrastructure/event-contracts/readers-in-code.ts';
import { domainOf, EVENT_DOMAINS, EVENT_KINDS } from '#shared/events/catalogue.ts';
import { domainUnion, eventSchema, type JsonSchema, versionsOf } from '#shared/events/schemas.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const kinds = [...EVENT_KINDS.values()];
const schemas = kinds.flatMap((kind) =>
  versionsOf(kind).map(({ version }) => ({ name: `${kind.type} v${version}`, schema: eventSchema(kind, version) })),
);

/** Names of fields, at every depth. */
function fieldsIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {} } = schema as { properties?: Record<string, JsonSchema> };
  return [
    ...Object.keys(properties),
    ...Object.values(schema).flatMap(fieldsIn),
    ...Object.values(properties).flatMap(fieldsIn),
  ];
}

test('every event that a file declares is in the catalogue', async () => {
  const declared = await declaredEvents();
  expect(kinds.map(({ type }) => type).toSorted()).toEqual([...declared.values()].toSorted());
});

test('every event is named for what happened in its domain', () => {
  expect(kinds.map(({ type }) => type).filter((type) => !/^[a-z]+\.[a-z]+(_[a-z]+)*$/.test(type))).toEqual([]);
});

test('every event says what happened, and which of its fields it is kept in order by', () => {
  const silent = kinds.filter(({ says = '', key = '', data }) => says.length < 10 || !(key in data.shape));
  expect(silent.map(({ type }) => `${type}: give defineEvent what it says and its key`)).toEqual([]);
});

test('versions of an event are numbered from one without a gap, but for those that are retired', () => {
  for (const kind of kinds) {
    const numbers = versionsOf(kind).map(({ version }) => version);
    expect([kind.type, numbers]).toEqual([
      kind.type,
      numbers.map((_, place) => kind.version - numbers.length + 1 + place),
    ]);
  }
});

test('every schema stands for itself, with a title and a description', () => {
  for (const { name, schema } of schemas) {
    expect([name, schema['title'], typeof schema['description']]).toEqual([name, name, 'string']);
    expect(JSON.stringify(schema)).not.toContain('"$ref"');
  }
});

/** Words that stand for something personal, or for a secret, in the name of a field. */
const PERSONAL_WORDS =
  `phone number msisdn email mail name nickname title body text content caption message note comment words
  code otp pin token secret password hash address street ip lat lon latitude longitude birth birthday birthdate gender document
  passport picture avatar photo url user_agent device`.split(/\s+/);
const PERSONAL = new RegExp(`(^|_)(${PERSONAL_WORDS.join('|')})($|_)`);
/** Fields that only sound so, with the reason. */
const HARMLESS: ReadonlyMap<string, string> = new Map([
  ['message_id', 'an id'],
  ['message_key', 'a digest that names a message to media'],
  ['new_device', 'whether it is one'],
]);

test('no event has a field for personal data or secrets', () => {
  expect('reporter_phone').toMatch(PERSONAL);
  const found = schemas.flatMap(({ name, schema }) =>
    fieldsIn(schema)
      .filter((field) => PERSONAL.test(field) && !HARMLESS.has(field))
      .map((field) => `${name}: ${field}`),
  );
  expect([...new Set(found)]).toEqual([]);
  const fields = new Set(schemas.flatMap(({ schema }) => fieldsIn(schema)));
  expect([...HARMLESS.keys()].filter((name) => !fields.has(name))).toEqual([]);
});

test('a domain is the union of its events, and takes nothing of another', () => {
  const opened = { type: 'payments.wallet_opened', version: 1 };
  const id = '01900000-0000-7000-8000-000000000000';
  const data = { wallet_id: id, user_id: id, currency: 'THB' };
  expect([...EVENT_DOMAINS.keys()]).toContain(domainOf(opened.type));
  expect(domainUnion('payments').parse({ ...opened, data })).toEqual({ ...opened, data });
  expect(domainUnion('payments').safeParse({ ...opened, version: 99, data }).success).toBe(false);
  expect(domainUnion('commerce').safeParse({ ...opened, data }).success).toBe(false);
});

test('every event is written by somebody, or nobody needs to know of it', async () => {
  const written = await writersInCode();
  const dead = [...(await declaredEvents())].filter(([name]) => !written.has(name)).map(([, type]) => type);
  expect(dead).toEqual([]);
});

test('every group of the code is found with what it reads, and reads what is declared', async () => {
  const readers = await readersInCode();
  expect([...new Set([...readers.values()].flat())].toSorted()).toEqual(await groupsInCode());
  expect(readers.get('auth.otp_requested')).toEqual(['first-texts', 'workflow-driver']);
  expect([...readers.keys()].filter((type) => !EVENT_KINDS.has(type))).toEqual([]);
});

test('the documented events are the events', async () => {
  const page = await readFile(join(ROOT, 'docs/events.md'), 'utf8');
  expect(page, 'run: npm run events -- docs').toContain(await eventsTable());
});

/** What the check says of the code at hand, after a change to what the last release is said to have promised. */
async function check(file: string, change: (text: string) => string): Promise<{ passed: boolean; says: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'tchat-released-'));
  try {
    await cp(RELEASED_FOLDER, folder, { recursive: true });
    const path = join(folder, file);
    await writeFile(path, change(await readFile(path, 'utf8')));
    const command = ['infrastructure/event-contracts/events.main.ts', 'check', folder];
    return await promisify(execFile)(process.execPath, command, { cwd: ROOT }).then(
      ({ stdout }) => ({ passed: true, says: stdout }),
      ({ stderr }: { stderr: string }) => ({ passed: false, says: stderr }),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test('the check refuses a change that readers of old events could not bear, and names the event and the field', async () => {
  // As if the release before had known one more status, and nothing of the currency.
  const promised = (text: string) =>
    text.replaceAll('"completed"', '"completed", "half_completed"').replaceAll(/^\s+"currency"\n/gm, '');
  const { passed, says } = await check('payments.json', (text) => promised(text).replaceAll(/,(\s*\])/g, '$1'));
  expect(passed).toBe(false);
  expect(says).toContain('payments.transaction_updated v1: status: may no longer be "half_completed"');
  expect(says).toContain('payments.wallet_opened v1: currency: was optional and is required');
});

test('the check refuses that an event is gone', async () => {
  const { passed, says } = await check('media.json', (text) => text.replace('"media.stored"', '"media.stowed"'));
  expect([passed, says]).toEqual([false, expect.stringContaining('media.stowed v1: is gone')]);
});

test('the events of the last release can be read', async () => {
  expect(await check('audit.json', (text) => text)).toMatchObject({ passed: true });
});
