import type { Consumer } from '#shared/events/bus.ts';
import { type StoredEvent, dataOf } from '#shared/events/event.ts';
import { MessageChanged, MessagesAppended } from '#shared/events/messaging.ts';
import type { DialogId } from '#shared/ids.ts';
import type { Tx } from '#shared/sql.ts';
import type { Reading } from '../reading.ts';
import { type SearchEntry, putEntries, removeEntries } from '../store/search.ts';
import type { MessageRow } from '../store/messages.ts';
import type { DialogKeys } from '../encryption/dialog-keys.ts';
import { blockOf, tokensOf } from './tokens.ts';
import { wordsOf } from './words.ts';

/** Seqs of a dialog, both ends included. */
type SeqRange = { readonly dialogId: DialogId; readonly from: number; readonly to: number };

/** Messages read, opened and written at a time: some 50 ms of the process, and then it does other things. */
const CHUNK = 256;

type Ports = {
  readonly keys: DialogKeys;
  readonly reading: Reading;
  /** Hears how many messages were looked at, and how old the oldest event was, in milliseconds. */
  readonly onIndexed: (count: number, lagMs: number) => void;
  readonly now: () => number;
};

/**
 * Makes messages findable after they were sent, edited or deleted, off the path of sending. The entries are written in
 * the transaction that moves the consumer's place, and are made from what the message says now, so that doing it twice
 * changes nothing.
 */
export function makeMessageIndex({ keys, reading, onIndexed, now }: Ports): Consumer {
  async function handle(events: readonly StoredEvent[], tx: Tx): Promise<void> {
    const oldest = events[0];
    let count = 0;
    for (const ranges of chunksOf(joined(events.flatMap(rangeOf)))) {
      const rows = (await Promise.all(ranges.map(rowsOf))).flat();
      await index(tx, rows);
      count += rows.length;
    }
    if (oldest !== undefined) onIndexed(count, now() - oldest.occurredAt.getTime());
  }

  function rowsOf({ dialogId, from, to }: SeqRange): Promise<MessageRow[]> {
    return reading.store.after(reading.home(dialogId), dialogId, from - 1, to - from + 1);
  }

  async function index(tx: Tx, rows: readonly MessageRow[]): Promise<void> {
    const searchKeys = await keys.searchKeys(rows.map((row) => row.dialog_id));
    const entries: SearchEntry[] = [];
    const gone: MessageRow[] = [];
    for (const row of rows) {
      const { body } = await reading.opened(row);
      const words = body === undefined || row.message_type === 'system' ? [] : wordsOf(body.content);
      const key = searchKeys.get(row.dialog_id);
      if (key === undefined || words.length === 0) gone.push(row);
      else {
        const tokens = tokensOf(key, blockOf(Number(row.seq)), words);
        entries.push({ dialogId: row.dialog_id, seq: row.seq, createdAt: row.created_at, tokens });
      }
    }
    await putEntries(tx, entries);
    await removeEntries(tx, gone);
  }

  return { group: 'message-search', types: [MessagesAppended.type, MessageChanged.type], handle };
}

function rangeOf(event: StoredEvent): SeqRange[] {
  const appended = dataOf(MessagesAppended, event);
  if (appended !== undefined) {
    return [{ dialogId: appended.dialog_id, from: appended.from_seq, to: appended.to_seq }];
  }
  const changed = dataOf(MessageChanged, event);
  if (changed === undefined || (changed.change !== 'edited' && changed.change !== 'deleted')) return [];
  return [{ dialogId: changed.dialog_id, from: changed.seq, to: changed.seq }];
}

/** The same seqs with each once: ranges of a dialog that overlap or touch become one. */
function joined(ranges: readonly SeqRange[]): SeqRange[] {
  const byDialog = Map.groupBy(ranges, (range) => range.dialogId);
  return Array.from(byDialog, ([dialogId, own]) => joinedOf(dialogId, own)).flat();
}

function joinedOf(dialogId: DialogId, ranges: readonly SeqRange[]): SeqRange[] {
  const result: { dialogId: DialogId; from: number; to: number }[] = [];
  for (const { from, to } of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last !== undefined && from <= last.to + 1) last.to = Math.max(last.to, to);
    else result.push({ dialogId, from, to });
  }
  return result;
}

/** Groups of ranges that hold at most {@link CHUNK} messages each. */
function chunksOf(ranges: readonly SeqRange[]): SeqRange[][] {
  const chunks: SeqRange[][] = [];
  let room = 0;
  for (const { dialogId, from, to } of ranges) {
    for (let start = from; start <= to;) {
      if (room === 0) {
        chunks.push([]);
        room = CHUNK;
      }
      const end = Math.min(to, start + room - 1);
      chunks.at(-1)!.push({ dialogId, from: start, to: end });
      room -= end - start + 1;
      start = end + 1;
    }
  }
  return chunks;
}
