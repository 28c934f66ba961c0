import type { SearchQuery } from '#shared/contracts/messaging/search.ts';
import type { WireMessage } from '#shared/contracts/messaging/message.ts';
import { invalid } from '#shared/errors.ts';
import { decodeCursor, encodeCursor } from '#shared/http/paging.ts';
import { DialogId } from '#shared/ids.ts';
import type { Database, Databases } from '#shared/sql.ts';
import type { DialogKeys } from '../encryption/dialog-keys.ts';
import type { Reading } from '../reading.ts';
import { DIALOGS_PER_USER_MAX } from '../rules.ts';
import type { Member } from '../service.ts';
import { activeDialogs, dialogsForMember } from '../store/dialogs.ts';
import { type After, type Found, type Spot, type WantedRange, findEntries, findInDialog } from '../store/search.ts';
import { BLOCK_SEQS, blockOf, tokensWanted } from './tokens.ts';
import { holdsWords, wordsOf } from './words.ts';

/**
 * Blocks of one dialog that a search looks at, newest first, until its page is full: five million messages, some 40 us
 * each where they have none of it. Then it answers with what it has, and goes on from its cursor.
 */
const BLOCKS_IN_ONE_MAX = 320;
/**
 * Candidates that are opened, in pages, round by round. Nearly all of them are right, unless the last word is a beginning
 * of a length that is not hashed: then more are looked at, and a page may stay short.
 */
const PAGES_PER_ROUND = [1, 4, 12] as const;
/**
 * Blocks of each dialog that are looked at together when all dialogs are searched, round by round: a word that is often
 * said fills the page from the newest two.
 */
const ROUNDS_OVER_ALL = [2, 14, 64] as const;
/**
 * Blocks over all of someone's dialogs, those of the most recently active first. Beyond it one searches in a dialog: most
 * have a single block, so this is thousands of dialogs.
 */
const BLOCKS_OVER_ALL_MAX = 4_000;

type Ports = { readonly databases: Databases; readonly keys: DialogKeys; readonly reading: Reading };
export type SearchPage = { readonly messages: WireMessage[]; readonly next_cursor: string | null };
const NOTHING: SearchPage = { messages: [], next_cursor: null };

/** A dialog that is to be searched from this seq downwards. */
type Place = { readonly id: DialogId; readonly to: number };

/**
 * Finds messages by their words. Hashes of the words lead to candidates, which are opened and compared, so a wrong one
 * never shows; membership is asked of the database by the same statements that find and read.
 * @throws {AppError} NOT_FOUND for a dialog that the caller is not in, VALIDATION_ERROR for a cursor that is not ours.
 */
export function makeSearchMessages({ databases, keys, reading }: Ports) {
  return async (caller: Member, { q, dialog_id: dialogId, cursor, limit }: SearchQuery): Promise<SearchPage> => {
    const words = wordsOf(q);
    const after = cursor === undefined ? undefined : afterOf(cursor, dialogId);
    if (dialogId !== undefined) {
      const { last_seq: lastSeq } = await reading.memberDialog(caller.userId, dialogId);
      if (words.length === 0) return NOTHING;
      const to = Math.min(Number(lastSeq), after === undefined ? Infinity : after.seq - 1);
      return await inOne({ id: dialogId, to }, caller, words, limit);
    }
    return await inAll(caller, words, after, limit);
  };

  /** Back in time until the page is full, the dialog ends, or it has taken long enough. */
  async function inOne({ id, to: newest }: Place, caller: Member, words: readonly string[], limit: number) {
    const database = reading.home(id);
    const messages: WireMessage[] = [];
    let to = newest;
    let blocks = BLOCKS_IN_ONE_MAX;
    for (const pages of PAGES_PER_ROUND) {
      if (to <= 0 || blocks <= 0 || messages.length > limit) break;
      const ranges = await rangesOf(database, [{ id, to }], words, blocks);
      const candidatesMax = (limit + 1) * pages;
      const found = await findInDialog(database, caller.userId, id, ranges, candidatesMax);
      const spots = found.map((seq) => ({ dialog_id: id, seq }));
      messages.push(...(await verified(database, caller, spots, words)));
      const from = to;
      to = found.length === candidatesMax ? Number(found.at(-1)!) - 1 : below(to, blocks);
      blocks -= blockOf(from) - (to > 0 ? blockOf(to) : 0);
    }
    return pageOf(messages, limit, to > 0 ? { at: new Date(0), dialogId: id, seq: to + 1 } : undefined);
  }

  async function inAll(caller: Member, words: readonly string[], after: After | undefined, limit: number) {
    if (words.length === 0) return NOTHING;
    const parts = await Promise.all(databases.all.map((database) => newestIn(database, caller, words, after, limit)));
    const found = parts.flatMap((part) => part.found).toSorted(newestFirst);
    const page = found.slice(0, limit);
    const read = await Promise.all(
      parts.map((part) =>
        verified(
          part.database,
          caller,
          page.filter((one) => part.found.includes(one)),
          words,
        ),
      ),
    );
    const place = new Map(page.map((one, at) => [`${one.dialog_id}:${one.seq}`, at]));
    const placeOf = (message: WireMessage) => place.get(`${message.dialog_id}:${message.seq}`)!;
    const last = page.at(-1);
    return {
      messages: read.flat().toSorted((a, b) => placeOf(a) - placeOf(b)),
      next_cursor: found.length > limit && last !== undefined ? cursorOf(lastOf(last)) : null,
    };
  }

  async function newestIn(
    database: Database,
    caller: Member,
    words: readonly string[],
    after: After | undefined,
    limit: number,
  ) {
    const active = await activeDialogs(database, caller.userId, undefined, DIALOGS_PER_USER_MAX, { hidden: true });
    const order = new Map(active.map((dialog, at) => [dialog.id, at]));
    const states = await dialogsForMember(database, caller.userId, [...order.keys()]);
    let open: readonly Place[] = states
      .map((state) => ({ id: state.id, to: Number(state.last_seq) }))
      .toSorted((a, b) => order.get(a.id)! - order.get(b.id)!);
    let found: readonly Found[] = [];
    let left = BLOCKS_OVER_ALL_MAX;
    for (const blocks of ROUNDS_OVER_ALL) {
      const ranges = (await rangesOf(database, open, words, blocks)).slice(0, left);
      if (ranges.length === 0) break;
      left -= ranges.length;
      const more = await findEntries(database, caller.userId, ranges, after, limit + 1);
      found = [...found, ...more].toSorted(newestFirst).slice(0, limit + 1);
      // Older messages of a dialog matter only while its newer ones do not fill the page.
      const counts = Map.groupBy(found, (one) => one.dialog_id);
      open = open
        .map(({ id, to }) => ({ id, to: below(to, blocks) }))
        .filter(({ id, to }) => to > 0 && (counts.get(id)?.length ?? 0) <= limit);
    }
    return { database, found };
  }

  /** The newest blocks of each dialog, newest first, with the hashes that the words have in each. */
  async function rangesOf(
    database: Database,
    places: readonly Place[],
    words: readonly string[],
    blocksMax: number,
  ): Promise<WantedRange[]> {
    await keys.prepare(
      database,
      places.map((place) => place.id),
    );
    const searchKeys = await keys.searchKeys(places.map((place) => place.id));
    return places.flatMap(({ id: dialogId, to: newestSeq }) => {
      const key = searchKeys.get(dialogId);
      if (key === undefined || newestSeq <= 0) return [];
      const newest = blockOf(newestSeq);
      return Array.from({ length: Math.min(blocksMax, newest + 1) }, (_, back) => {
        const block = newest - back;
        const [from, to] = [Math.max(1, block * BLOCK_SEQS), Math.min(newestSeq, (block + 1) * BLOCK_SEQS - 1)];
        return { dialogId, from, to, tokens: tokensWanted(key, block, words) };
      });
    });
  }

  /** Those of the places whose messages hold the words, newest first where they are of one dialog. */
  async function verified(database: Database, caller: Member, places: readonly Spot[], words: readonly string[]) {
    if (places.length === 0) return [];
    const rows = await reading.store.atSpots(database, places);
    const dialogIds = [...new Set(rows.map((row) => row.dialog_id))];
    const cursors = await reading.cursors(database, caller.userId, dialogIds);
    const messages = await reading.messages(database, rows, cursors);
    return messages.filter(({ content }) => content !== null && holdsWords(content, words));
  }
}

/** The seq below these many blocks. */
function below(seq: number, blocks: number): number {
  return Math.max(0, (blockOf(seq) - blocks + 1) * BLOCK_SEQS - 1);
}

function newestFirst(a: Found, b: Found): number {
  const [at, bt] = [a.created_at.getTime(), b.created_at.getTime()];
  if (at !== bt) return bt - at;
  return a.dialog_id === b.dialog_id ? Number(b.seq - a.seq) : a.dialog_id < b.dialog_id ? 1 : -1;
}

/** Cuts to the page; `further` is where to go on when the page itself does not say. */
function pageOf(messages: readonly WireMessage[], limit: number, further: After | undefined): SearchPage {
  const page = messages.slice(0, limit);
  const last = page.at(-1);
  if (messages.length <= limit || last === undefined) {
    return { messages: page, next_cursor: further === undefined ? null : cursorOf(further) };
  }
  return { messages: page, next_cursor: cursorOf({ at: new Date(0), dialogId: last.dialog_id, seq: last.seq }) };
}

function lastOf({ created_at: at, dialog_id: dialogId, seq }: Found): After {
  return { at, dialogId, seq: Number(seq) };
}

function cursorOf({ at, dialogId, seq }: After): string {
  return encodeCursor([at.getTime(), dialogId, seq]);
}

/** @throws {AppError} VALIDATION_ERROR when it is not ours, or of a search in another dialog. */
function afterOf(cursor: string, within: DialogId | undefined): After {
  const [at, dialog, seq, ...rest] = decodeCursor(cursor) ?? [];
  const dialogId = DialogId.safeParse(dialog);
  const isOurs = typeof at === 'number' && Number.isSafeInteger(seq) && dialogId.success && rest.length === 0;
  if (!isOurs || Number.isNaN(new Date(at).getTime()) || (within !== undefined && dialogId.data !== within)) {
    throw invalid('cursor', 'is not one of ours');
  }
  return { at: new Date(at), dialogId: dialogId.data, seq: Number(seq) };
}
