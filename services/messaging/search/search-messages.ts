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
import { type After, type Found, type WantedRange, findEntries } from '../store/search.ts';
import { BLOCK_SEQS, blockOf, tokensWanted } from './tokens.ts';
import { holdsWords, wordsOf } from './words.ts';

/** Blocks of one dialog that are looked at together: a million messages. */
const BLOCKS_AT_ONCE = 64;
/** Times that a search in one dialog looks further back before it answers with what it has. */
const ROUNDS_MAX = 4;
/**
 * Blocks over all of someone's dialogs, the newest of the most recently active first. Beyond it one searches in a dialog:
 * most have a single block, so this is thousands of dialogs.
 */
const BLOCKS_OVER_ALL_MAX = 4_000;
/** Of one dialog, when all are searched. */
const BLOCKS_EACH_MAX = 64;

type Ports = { readonly databases: Databases; readonly keys: DialogKeys; readonly reading: Reading };
export type SearchPage = { readonly messages: WireMessage[]; readonly next_cursor: string | null };
const NOTHING: SearchPage = { messages: [], next_cursor: null };

type Place = { readonly id: DialogId; readonly lastSeq: number };

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
      return await inOne({ id: dialogId, lastSeq: Number(lastSeq) }, caller, words, after, limit);
    }
    return await inAll(caller, words, after, limit);
  };

  /** Block after block back in time, until the page is full, the dialog ends, or it has taken long enough. */
  async function inOne(
    place: Place,
    caller: Member,
    words: readonly string[],
    after: After | undefined,
    limit: number,
  ) {
    const database = reading.home(place.id);
    const messages: WireMessage[] = [];
    let to = after === undefined ? place.lastSeq : Math.min(place.lastSeq, after.seq - 1);
    for (let round = 0; to > 0 && round < ROUNDS_MAX; round += 1) {
      const ranges = await rangesOf(database, [{ id: place.id, lastSeq: to }], words, BLOCKS_AT_ONCE);
      const found = await findEntries(database, caller.userId, ranges, undefined, limit + 1);
      messages.push(...(await verified(database, caller, found, words)));
      const lowest = found.length > limit ? found.at(-1)?.seq : ranges.at(-1)?.from;
      to = Number(lowest ?? 1) - 1;
      if (messages.length > limit) break;
    }
    return pageOf(messages, limit, to > 0 ? { at: new Date(0), dialogId: place.id, seq: to + 1 } : undefined);
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
    const places = states
      .map((state) => ({ id: state.id, lastSeq: Number(state.last_seq) }))
      .toSorted((a, b) => order.get(a.id)! - order.get(b.id)!);
    const ranges = (await rangesOf(database, places, words, BLOCKS_EACH_MAX)).slice(0, BLOCKS_OVER_ALL_MAX);
    const found = ranges.length === 0 ? [] : await findEntries(database, caller.userId, ranges, after, limit + 1);
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
    return places.flatMap(({ id: dialogId, lastSeq }) => {
      const key = searchKeys.get(dialogId);
      if (key === undefined || lastSeq === 0) return [];
      const newest = blockOf(lastSeq);
      return Array.from({ length: Math.min(blocksMax, newest + 1) }, (_, back) => {
        const block = newest - back;
        const [from, to] = [Math.max(1, block * BLOCK_SEQS), Math.min(lastSeq, (block + 1) * BLOCK_SEQS - 1)];
        return { dialogId, from, to, tokens: tokensWanted(key, block, words) };
      });
    });
  }

  async function verified(database: Database, caller: Member, found: readonly Found[], words: readonly string[]) {
    if (found.length === 0) return [];
    const read = await Promise.all(found.map(({ dialog_id: id, seq }) => reading.store.bySeq(database, id, seq)));
    const rows = read.filter((row) => row !== undefined);
    const dialogIds = [...new Set(rows.map((row) => row.dialog_id))];
    const cursors = await reading.cursors(database, caller.userId, dialogIds);
    const messages = await reading.messages(database, rows, cursors);
    return messages.filter(({ content }) => content !== null && holdsWords(content, words));
  }
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
