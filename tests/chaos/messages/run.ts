import { listMessages } from '#shared/contracts/messaging.ts';
import type { DialogId } from '#shared/ids.ts';
import { MINUTE } from '#shared/time.ts';
import { until } from '#tests/chaos/patience.ts';
import type { Arena } from '../faults/arena.ts';
import { booksAtRest } from '../faults/books-at-rest.ts';
import { strike } from '../faults/strike.ts';
import { type RunOptions, suffer } from '../faults/suffer.ts';
import type { Verdict } from '../verdict.ts';
import { compare, type Stored } from './compare.ts';
import { type Conversation, type Crowd, gatherCrowd } from './crowd.ts';

const ANSWERED_WITHIN_MS = 2 * MINUTE;
const HEARD_WITHIN_MS = 2 * MINUTE;
const PAGE = 100;

/** Lets people talk while things go wrong, and compares what they were told with what is there. */
export async function runMessages(arena: Arena, options: RunOptions): Promise<Verdict> {
  const startedAt = performance.now();
  const crowd = await gatherCrowd(arena, options.pauseMs);
  try {
    const { faults, mustBeZero } = await suffer(
      (fault) => strike(arena, fault),
      options,
      () => crowd.ledger.acknowledged,
    );
    await crowd.fallSilent(ANSWERED_WITHIN_MS);
    options.progress(`${crowd.ledger.acknowledged} acknowledged; reading everything`);

    const histories = await readHistories(crowd.conversations);
    await everythingIsHeard(crowd, histories);
    const { found, details } = compare(crowd.ledger.all, histories, crowd.ears);
    const books = await booksAtRest(arena);
    return {
      counted: {
        acknowledged: crowd.ledger.acknowledged,
        'told to devices': crowd.ears.reduce((sum, { heard }) => sum + heard.length, 0),
        'unknown for a while': crowd.doubtful(),
      },
      mustBeZero: { ...found, ...mustBeZero, 'faults in the books': books.length },
      details: [...details, ...books],
      faults,
      tookMs: performance.now() - startedAt,
    };
  } finally {
    crowd.close();
  }
}

/** Every dialog from its first message to its last, as its first member reads it over HTTP. */
async function readHistories(conversations: readonly Conversation[]): Promise<Map<DialogId, readonly Stored[]>> {
  const histories = new Map<DialogId, readonly Stored[]>();
  for (const { id, members } of conversations) {
    const all: Stored[] = [];
    for (let hasMore = true; hasMore;) {
      const query = { after: String(all.at(-1)?.seq ?? 0), limit: PAGE };
      const { body } = await members[0]!.client.call(listMessages, { params: { id }, query });
      all.push(...body.messages.map(({ id, seq, content }) => ({ id, seq, content })));
      hasMore = body.has_more;
    }
    histories.set(id, all);
  }
  return histories;
}

/** Gives devices the time to catch up. What they have not heard then is a gap. */
async function everythingIsHeard({ ears }: Crowd, histories: ReadonlyMap<DialogId, readonly Stored[]>): Promise<void> {
  const isHeard = async () =>
    ears.every(({ dialogId, heard }) => heard.length >= (histories.get(dialogId)?.length ?? 0));
  await until('every device hears everything', isHeard, HEARD_WITHIN_MS).catch(() => undefined);
}
