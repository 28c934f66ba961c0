import type { LogHead, MessageLog } from '#services/messaging/store/log/message-log.ts';
import type { DialogId } from '#shared/ids.ts';
import { append, claimsOf } from './append.ts';
import { ClientKeys } from './client-keys.ts';
import { Heads } from './heads.ts';
import { MESSAGE, type Layout, bucketOf, seqPlace } from './layout.ts';
import { MessageIds } from './message-ids.ts';
import { Removal } from './removal.ts';
import { Persistence } from './persistence.ts';
import { LogRows } from './rows.ts';
import type { Session } from './session.ts';

export type LogPorts = { readonly session: Session; readonly layout: Layout; readonly now: () => Date };

/** The message log over Cassandra; what it remembers belongs to one process. */
export function makeCassandraLog({ session, layout, now }: LogPorts): MessageLog {
  const keys = new ClientKeys(session, layout);
  const heads = new Heads(session, layout, keys);
  const rows = new LogRows(session, layout);
  const ids = new MessageIds(session, layout);
  const removal = new Removal(session, layout, keys, ids);
  const ports = { layout, heads, keys, rows, now };
  return {
    append: (dialogId, known, items) => append(ports, dialogId, known, items),
    isSent: async (dialogId, known, clientKey) => (await claimsOf(ports, dialogId, known, [clientKey])).length > 0,
    takeVersions: (dialogId, known, count) => takeVersions(heads, dialogId, known, BigInt(count)),
    index: (places) => ids.index(places),
    find: (some) => ids.find(some),
    range: (dialogId, from, to) => rows.range(dialogId, from, to),
    at: (dialogId, seqs) => rows.at(dialogId, seqs),
    marks: (dialogId, from, to) => rows.marks(dialogId, from, to),
    versionFrom: (dialogId, from, to) => rows.versionFrom(dialogId, from, to),
    countBy: (dialogId, senderId, from, to) => rows.countBy(dialogId, senderId, from, to),
    scrub: async (dialogId, seq) => {
      await session.decide([
        {
          query: `UPDATE ${layout.keyspace}.log SET body = ?
                  WHERE dialog_id = ? AND bucket = ? AND kind = ${MESSAGE} AND place = ? IF EXISTS`,
          params: [Buffer.alloc(0), dialogId, bucketOf(layout, seq), seqPlace(seq)],
        },
      ]);
    },
    remove: (dialogId, from, to) => removal.remove(dialogId, from, to),
    forget: (dialogId, known) => removal.forget(dialogId, known),
  };
}

/** A version that an unknown outcome loses leaves a gap, in which nothing changed. */
async function takeVersions(heads: Heads, dialogId: DialogId, known: bigint, count: bigint): Promise<LogHead> {
  const persistence = new Persistence();
  for (let head = heads.remembered(dialogId); ;) {
    head ??= await heads.find(dialogId, known);
    const to = { seq: head.seq, version: head.version + count, at: head.at };
    const moved = await heads.move(dialogId, head, to, []);
    if (moved.outcome === 'moved') return to;
    const hasWaited = await persistence.failed();
    head = moved.outcome === 'beaten' && !hasWaited ? moved.head : undefined;
  }
}
