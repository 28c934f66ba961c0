import { userInfo } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readCommandConfig } from '#infrastructure/local/command-config.ts';
import type { OpenDatabase } from '#infrastructure/postgres/database.ts';
import { openDatabases } from '#infrastructure/postgres/databases.ts';
import { SECOND } from '#shared/time.ts';
import { makeOutbox } from '../outbox.ts';
import { type Choice, countLetters, letterPages, outcomeOfReplays } from './all-letters.ts';
import { askForReplay, discard } from './decide.ts';
import { findLetters, type Letter, type LetterKey } from './letters.ts';
import { letterPage, letterTable } from './letter-table.ts';

/** `npm run dlq -- list | show | replay | discard`: events that a consumer group could not handle. */

const USAGE = `Events that a consumer group could not handle after five tries, and what becomes of them.

  npm run dlq -- list    [--group G] [--all]           those that wait for a decision; with --all the settled ones as well
  npm run dlq -- show    --event ID [--group G]        everything about one, with its data
  npm run dlq -- replay  --event ID [--group G]        hands it to its group once more, and to no other
  npm run dlq -- replay  [--group G] --all [--yes]     the same for all that wait
  npm run dlq -- discard --event ID [--group G] --reason TEXT [--yes]
  npm run dlq -- discard [--group G] --all --reason TEXT [--yes]

A worker with the role consumer does the replay; what Kafka refused, of the group kafka-relay, one with the role relay. Both are written to the audit trail under your name; --yes asks nothing.`;

/** Letters of one table and database. */
const LETTERS_MAX = 1_000;
/** How long a command waits for one more of the replays that it has asked for. */
const REPLAYED_WITHIN_MS = 30 * SECOND;
const LOOK_EVERY_MS = SECOND / 4;
const NONE = 'No such dead letter waits for a decision.';
const STILL_ASKED =
  'Those that are still asked for wait for a worker with the role consumer, or relay for kafka-relay, or for what it cannot reach.';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** All that one command is about in one database. */
type Chosen = {
  readonly database: OpenDatabase;
  readonly choice: Choice;
  readonly count: number;
  readonly until: string;
};
type Found = { readonly database: OpenDatabase; readonly letter: Letter };
type Flags = ReturnType<typeof readFlags>;

const outbox = makeOutbox();
const by = `operator:${userInfo().username}`;

function readFlags(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const yesNo = { type: 'boolean', default: false } as const;
  const options = { group: text, event: text, reason: text, all: yesNo, yes: yesNo, help: yesNo };
  const { positionals, values } = parseArgs({ args: [...args], allowPositionals: true, options });
  return { verb: positionals.join(' '), ...values };
}

function keyOf({ consumer_group, event_id }: Letter): LetterKey {
  return { group: consumer_group, eventId: event_id };
}

async function find(databases: readonly OpenDatabase[], { group, event }: Flags, settled: boolean): Promise<Found[]> {
  const wanted = { group, eventId: event, settled, most: LETTERS_MAX };
  const found = await Promise.all(
    databases.map(async (database) => (await findLetters(database, wanted)).map((letter) => ({ database, letter }))),
  );
  return found.flat();
}

/** The letters that a command is to change. @throws when they are not named, there are none, or nobody agrees */
async function chosen(databases: readonly OpenDatabase[], flags: Flags, doing: string): Promise<Found[]> {
  const found = await find(databases, flags, false);
  if (found.length === 0) throw new Error(NONE);
  if (doing === 'replay' || flags.yes) return found;
  print(found);
  await agree(`${doing} ${found.length === 1 ? 'it' : `these ${found.length}`}?`);
  return found;
}

/** All letters that a command is to change. @throws when there are none, or nobody agrees */
async function allChosen(
  databases: readonly OpenDatabase[],
  flags: Flags,
  doing: string,
  statuses: Choice['statuses'],
): Promise<readonly Chosen[]> {
  const choice = { group: flags.group, statuses };
  const all = await Promise.all(
    databases.map(async (database) => ({ database, choice, ...(await countLetters(database, choice)) })),
  );
  const count = countOf(all);
  if (count === 0) throw new Error(NONE);
  const shown = await find(databases, flags, false);
  print(shown);
  if (shown.length < count) console.log(`and ${count - shown.length} more.`);
  if (!flags.yes) await agree(`${doing} ${count === 1 ? 'it' : `these ${count}`}?`);
  return all;
}

function countOf(all: readonly Chosen[]): number {
  return all.reduce((sum, { count }) => sum + count, 0);
}

/** @throws when it is not said which letters, or all */
function refuseUnlessNamed({ event, all }: Flags): void {
  if ((event === undefined) !== all) throw new Error(USAGE);
}

/** Does something with each, telling after each page how far it has come. @returns with how many it was done */
async function withEach(
  all: readonly Chosen[],
  done: string,
  change: (database: OpenDatabase, key: LetterKey) => Promise<boolean>,
): Promise<number> {
  let changed = 0;
  for (const { database, choice, until } of all) {
    for await (const page of letterPages(database, choice, until)) {
      for (const key of page) if (await change(database, key)) changed += 1;
      console.log(`${changed} of ${countOf(all)} ${done}.`);
    }
  }
  return changed;
}

async function agree(question: string): Promise<void> {
  if (!process.stdin.isTTY) throw new Error('Nobody can be asked here: say --yes.');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new Error('Nothing was done.');
}

function print(found: readonly Found[]): void {
  console.log(
    letterTable(
      found.map(({ letter }) => letter),
      new Date(),
      process.stdout.isTTY,
    ),
  );
}

/** The letters as they are once none of them waits for its replay, or when that has taken too long. */
async function outcomeOf(asked: readonly Found[]): Promise<Found[]> {
  const deadline = performance.now() + REPLAYED_WITHIN_MS;
  for (;;) {
    const now = await Promise.all(
      asked.map(async ({ database, letter }) => {
        const [fresh] = await findLetters(database, { ...keyOf(letter), settled: true, most: 1 });
        return { database, letter: fresh ?? letter };
      }),
    );
    if (now.every(({ letter }) => letter.status !== 'asked') || performance.now() > deadline) return now;
    await sleep(LOOK_EVERY_MS);
  }
}

/** Counts what has become of all that were asked for, until none is left or none has come about for a while. */
async function allOutcomes(all: readonly Chosen[]): Promise<{ asked: number; replayed: number; failed: number }> {
  let before = Infinity;
  let deadline = 0;
  for (;;) {
    const parts = await Promise.all(
      all.map(({ database, choice, until }) => outcomeOfReplays(database, choice.group, by, until)),
    );
    const sum = (which: 'asked' | 'replayed' | 'failed') => parts.reduce((total, part) => total + part[which], 0);
    const now = { asked: sum('asked'), replayed: sum('replayed'), failed: sum('failed') };
    if (now.asked < before) deadline = performance.now() + REPLAYED_WITHIN_MS;
    before = Math.min(before, now.asked);
    if (now.asked === 0 || performance.now() > deadline) return now;
    await sleep(LOOK_EVERY_MS);
  }
}

async function replayAll(databases: readonly OpenDatabase[], flags: Flags): Promise<number> {
  const all = await allChosen(databases, flags, 'replay', ['waiting']);
  await withEach(all, 'asked for', (database, key) => askForReplay({ database, outbox }, key, by));
  const { asked, replayed, failed } = await allOutcomes(all);
  console.log(`${replayed} replayed, ${failed} failed again, ${asked} still asked for.`);
  if (asked > 0) console.log(STILL_ASKED);
  return asked + failed === 0 ? 0 : 1;
}

async function replay(databases: readonly OpenDatabase[], flags: Flags): Promise<number> {
  refuseUnlessNamed(flags);
  if (flags.all) return await replayAll(databases, flags);
  const letters = await chosen(databases, flags, 'replay');
  for (const { database, letter } of letters) await askForReplay({ database, outbox }, keyOf(letter), by);
  const now = await outcomeOf(letters);
  print(now);
  if (now.some(({ letter }) => letter.status === 'asked')) console.log(`\n${STILL_ASKED}`);
  return now.every(({ letter }) => letter.status === 'replayed') ? 0 : 1;
}

async function discardChosen(databases: readonly OpenDatabase[], flags: Flags): Promise<number> {
  const reason = flags.reason?.trim() ?? '';
  if (reason === '') throw new Error(`Say --reason, for whoever asks later.\n\n${USAGE}`);
  refuseUnlessNamed(flags);
  const put = (database: OpenDatabase, key: LetterKey) => discard({ database, outbox }, key, by, reason);
  if (flags.all) {
    const all = await allChosen(databases, flags, 'discard', ['waiting', 'asked']);
    return (await withEach(all, 'discarded', put)) === countOf(all) ? 0 : 1;
  }
  const letters = await chosen(databases, flags, 'discard');
  let discarded = 0;
  for (const { database, letter } of letters) {
    if (await put(database, keyOf(letter))) discarded += 1;
  }
  console.log(`${discarded} discarded.`);
  return discarded === letters.length ? 0 : 1;
}

async function run(flags: Flags): Promise<number> {
  if (flags.help) {
    console.log(USAGE);
    return 0;
  }
  if (!['list', 'show', 'replay', 'discard'].includes(flags.verb)) throw new Error(USAGE);
  if (flags.event !== undefined && !UUID.test(flags.event))
    throw new Error('--event takes the id of an event: a UUID.');
  await using databases = openDatabases({ ...(await readCommandConfig()), DATABASE_POOL_MAX: 2 }, 'dlq');
  switch (flags.verb) {
    case 'replay':
      return await replay(databases.all, flags);
    case 'discard':
      return await discardChosen(databases.all, flags);
    case 'show': {
      if (flags.event === undefined) throw new Error(USAGE);
      const found = await find(databases.all, flags, true);
      for (const { letter } of found) console.log(`${letterPage(letter, process.stdout.isTTY)}\n`);
      return found.length > 0 ? 0 : 1;
    }
    default: {
      const found = await find(databases.all, flags, flags.all);
      if (found.length === 0) console.log('No dead letters.');
      else print(found);
      return 0;
    }
  }
}

try {
  process.exitCode = await run(readFlags(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
