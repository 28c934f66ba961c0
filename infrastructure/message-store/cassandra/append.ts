import type { Appended, NewMessage } from '#services/messaging/store/append.ts';
import type { LogItem } from '#services/messaging/store/log/message-log.ts';
import type { DialogId } from '#shared/ids.ts';
import type { Claim, ClientKeys } from './client-keys.ts';
import type { Head, Heads } from './heads.ts';
import { BODY_BYTES_MAX, type Layout, endOf } from './layout.ts';
import { Persistence } from './persistence.ts';
import { type LogRows, type Spot, appending } from './rows.ts';

/** Messages in one batch, some 20 ms of a node's time: who waits for it does not wait for more. */
const BATCH_MESSAGES_MAX = 256;
/** Of the bodies in one batch. Paxos writes a batch twice, and a server takes half a commit-log segment, 8 MB, at most. */
const BATCH_BODY_BYTES_MAX = 1_000_000;

export type AppendPorts = {
  readonly layout: Layout;
  readonly heads: Heads;
  readonly keys: ClientKeys;
  readonly rows: LogRows;
  readonly now: () => Date;
};

/** Items by client key, and what became of those that are settled. */
class Flush {
  readonly outcomes = new Map<string, Appended>();
  readonly #items: readonly LogItem[];

  constructor(items: readonly LogItem[]) {
    this.#items = items;
  }

  get open(): LogItem[] {
    return this.#items.filter(({ message }) => !this.outcomes.has(message.clientKey));
  }

  get answers(): Appended[] {
    return this.#items.map(({ message }) => this.outcomes.get(message.clientKey)!);
  }
}

/**
 * Appends to one dialog, with one conditional batch for as much as fits into its bucket.
 *
 * Every batch depends on the counters being what we believe, and on no client key of it being there. Two nodes that append
 * to one dialog at once therefore never give out a seq twice nor store a client key twice: the later one is told what it
 * found, and goes on from there. When the outcome of a batch is unknown, its client keys are read at SERIAL, which decides
 * it: those that are there with our ids were stored by it, and if there are none it will never happen.
 */
export async function append(
  ports: AppendPorts,
  dialogId: DialogId,
  known: bigint,
  items: readonly LogItem[],
): Promise<readonly Appended[]> {
  const { heads, keys } = ports;
  const flush = new Flush(items);
  const persistence = new Persistence();
  await refuse(ports, dialogId, known, flush);
  let head = heads.remembered(dialogId);
  let reached = known;
  /** Buckets below this one hold none of the open items' client keys. */
  let searched = 0;
  for (;;) {
    if (flush.open.length === 0) return flush.answers;
    head ??= await heads.find(dialogId, reached);
    if (searched < head.bucket) {
      await settle(ports, dialogId, flush, await keys.kept(dialogId, keysOf(flush.open)));
      searched = head.bucket;
    }
    const batch = placed(ports, head, flush.open);
    if (batch.length === 0) continue;
    const last = batch.at(-1)!.spot;
    const rows = batch.flatMap(({ message, spot }) => appending(ports.layout, message, spot));
    const moved = await heads.move(dialogId, head, { seq: last.seq, version: last.version, at: last.at }, rows);
    switch (moved.outcome) {
      case 'moved':
        for (const { message, spot } of batch) flush.outcomes.set(message.clientKey, appended(spot));
        head = moved.head;
        reached = last.seq;
        persistence.succeeded();
        break;
      case 'beaten':
        await settle(ports, dialogId, flush, moved.claims);
        head = (await persistence.failed()) ? undefined : moved.head;
        break;
      case 'unknown': {
        const tried = batch.map(({ message }) => message.clientKey);
        await settle(ports, dialogId, flush, await keys.inBucket(dialogId, head.bucket, tried, 'serial'));
        head = undefined;
        await persistence.failed();
      }
    }
  }
}

/** Items that may not be appended: each is refused, unless an earlier message has its client key. */
async function refuse(ports: AppendPorts, dialogId: DialogId, known: bigint, flush: Flush): Promise<void> {
  const refused = flush.open.filter((item) => item.refusal !== undefined);
  if (refused.length === 0) return;
  await settle(ports, dialogId, flush, await claimsOf(ports, dialogId, known, keysOf(refused)));
  for (const { message, refusal } of refused) {
    if (flush.outcomes.has(message.clientKey)) continue;
    flush.outcomes.set(message.clientKey, { outcome: refusal!, seq: null, version: null, created_at: null });
  }
}

/** Those of the client keys that are taken, wherever in the dialog. */
export async function claimsOf(
  { heads, keys }: Pick<AppendPorts, 'heads' | 'keys'>,
  dialogId: DialogId,
  known: bigint,
  clientKeys: readonly string[],
): Promise<Claim[]> {
  const { bucket } = await heads.find(dialogId, known);
  const claims = await keys.inBucket(dialogId, bucket, clientKeys);
  return bucket === 0 ? claims : [...claims, ...(await keys.kept(dialogId, clientKeys))];
}

/** Compares items with the messages that took their client keys. */
async function settle(ports: AppendPorts, dialogId: DialogId, flush: Flush, claims: readonly Claim[]): Promise<void> {
  if (claims.length === 0) return;
  const messages = new Map(flush.open.map(({ message }) => [message.clientKey, message]));
  await Promise.all(
    claims.map(async ({ clientKey, seq }) => {
      const message = messages.get(clientKey);
      const [first] = await ports.rows.range(dialogId, seq, seq);
      if (message === undefined || first === undefined) return;
      const outcome =
        first.id === message.id ? 'stored' : first.fingerprint === message.fingerprint ? 'repeated' : 'conflict';
      flush.outcomes.set(clientKey, { outcome, seq, version: first.version, created_at: first.created_at });
    }),
  );
}

type Placed = { readonly message: NewMessage; readonly spot: Spot };

/** As many items as the bucket and a batch take, each with the place that it is to have. */
function placed({ layout, now }: AppendPorts, head: Head, open: readonly LogItem[]): Placed[] {
  const room = Number(endOf(layout, head.bucket) - head.seq);
  const at = new Date(Math.max(now().getTime(), head.at.getTime()));
  const batch: Placed[] = [];
  let bytes = 0;
  for (const { message } of open.slice(0, Math.min(room, BATCH_MESSAGES_MAX))) {
    if (message.body.length > BODY_BYTES_MAX) throw new Error('a body is larger than a message may be');
    bytes += message.body.length;
    if (batch.length > 0 && bytes > BATCH_BODY_BYTES_MAX) break;
    const nth = BigInt(batch.length + 1);
    batch.push({ message, spot: { bucket: head.bucket, seq: head.seq + nth, version: head.version + nth, at } });
  }
  return batch;
}

function appended({ seq, version, at }: Spot): Appended {
  return { outcome: 'appended', seq, version, created_at: at };
}

function keysOf(items: readonly LogItem[]): string[] {
  return items.map(({ message }) => message.clientKey);
}
