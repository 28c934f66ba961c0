import { type DialogKeys } from '#services/messaging/encryption/dialog-keys.ts';
import { fingerprint, seal } from '#services/messaging/encryption/seal.ts';
import { blockOf, tokensOf } from '#services/messaging/search/tokens.ts';
import { wordsOf } from '#services/messaging/search/words.ts';
import type { MessageStore } from '#services/messaging/store/message-store.ts';
import { type SearchEntry, putEntries } from '#services/messaging/store/search.ts';
import type { DialogId, UserId } from '#shared/ids.ts';
import type { Database } from '#shared/sql.ts';
import { asSuperuser } from '#tests/harness/template-database.ts';
import { message } from '#tests/integration/messaging/store-bench.ts';
import { type Random, sentence } from './talk.ts';

/** Batches under way: while the store takes one, the next is sealed and the one before is indexed. */
const BATCHES_AT_ONCE = 3;

type Filling = {
  readonly database: Database;
  readonly store: MessageStore;
  readonly keys: DialogKeys;
  readonly dialogId: DialogId;
  readonly senders: readonly UserId[];
  readonly count: number;
  readonly random: Random;
  readonly progress: (line: string) => void;
};

/** Fills a dialog through the store, sealed and indexed as the product does it, but for the events that go between. */
export async function fill({ database, store, keys, dialogId, senders, count, random, progress }: Filling) {
  const key = await keys.current(dialogId);
  const search = (await keys.searchKeys([dialogId])).get(dialogId)!;
  let made = 0;
  /** One after the other, as the mailbox of a dialog has it. */
  let appending: Promise<unknown> = Promise.resolve();

  async function batch(): Promise<void> {
    const texts = Array.from({ length: Math.min(store.batchMax, count - made) }, () => sentence(random));
    const messages = texts.map((content) => {
      made += 1;
      const senderId = senders[made % senders.length]!;
      const one = message(dialogId, senderId, `c${made}`, '');
      const body = { content, metadata: null };
      return {
        ...one,
        keyVersion: key.version,
        fingerprint: fingerprint(key, { ...body, type: 'text', replyToId: null }),
        body: seal(key, { dialogId, messageId: one.id, senderId }, body),
      };
    });
    if (made % 100_000 < messages.length) progress(`${made.toLocaleString('en')} messages`);
    const appended = appending.then(() => store.append(database, messages));
    appending = appended;
    const outcomes = await appended;
    const entries = outcomes.map((outcome, at): SearchEntry => {
      if (outcome instanceof Error) throw outcome;
      if (outcome.seq === null) throw new Error(`a message was ${outcome.outcome}`);
      const tokens = tokensOf(search, blockOf(Number(outcome.seq)), wordsOf(texts[at]!));
      return { dialogId, seq: outcome.seq, createdAt: outcome.created_at!, tokens };
    });
    await database.transaction((tx) => putEntries(tx, entries));
  }

  const worker = async () => {
    while (made < count) await batch();
  };
  await Promise.all(Array.from({ length: BATCHES_AT_ONCE }, worker));
}

/** Does work while words are not indexed, and indexes them afterwards, which takes a third of the time. */
export async function indexedAfterwards(superuserUrl: string, work: () => Promise<void>): Promise<void> {
  const index = 'messaging.search_entries_tokens';
  await asSuperuser(
    superuserUrl,
    `CREATE TABLE public.definition AS SELECT pg_get_indexdef('${index}'::regclass) AS sql`,
    `DROP INDEX ${index}`,
  );
  await work();
  await asSuperuser(
    superuserUrl,
    `SET maintenance_work_mem = '512MB';
     DO $$ BEGIN EXECUTE (SELECT sql FROM public.definition); END $$`,
    'VACUUM (ANALYZE) messaging.search_entries',
    'VACUUM (ANALYZE) messaging.messages',
  );
}
