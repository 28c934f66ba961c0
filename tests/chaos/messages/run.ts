import { setTimeout as sleep } from 'node:timers/promises';
import { listMessages } from '#shared/contracts/messaging.ts';
import type { DialogId } from '#shared/ids.ts';
import { MINUTE, SECOND } from '#shared/time.ts';
import { backlog, bookFaults } from '#tests/chaos/books.ts';
import { until } from '#tests/chaos/patience.ts';
import type { Arena } from '../faults/arena.ts';
import type { Fault } from '../faults/schedule.ts';
import { strike, type Struck } from '../faults/strike.ts';
import { compare, type Findings, type Stored } from './compare.ts';
import { type Conversation, type Crowd, gatherCrowd } from './crowd.ts';

/** A process is ready within this after its fault was undone. */
export const READY_WITHIN_MS = 30 * SECOND;
const ANSWERED_WITHIN_MS = 2 * MINUTE;
const HEARD_WITHIN_MS = 2 * MINUTE;
const HANDLED_WITHIN_MS = 10 * MINUTE;
const LOOK_EVERY_MS = 250;
const PAGE = 100;

export type MessagesOptions = {
  /** Acknowledged messages at which the load ends, once all faults were suffered. */
  readonly messages: number;
  readonly schedule: readonly Fault[];
  /** When the load ends at the latest, however far it came, in milliseconds. */
  readonly withinMs: number;
  /** Of each lane of talk between two messages; 0 for as many as the cluster takes. */
  readonly pauseMs: number;
  readonly progress: (line: string) => void;
};

export type MessagesVerdict = Findings & {
  readonly acknowledged: number;
  /** Messages of which a try was not answered; whoever sent them knows by now that each is stored. */
  readonly doubtful: number;
  /** What devices were told, over all of them. */
  readonly told: number;
  readonly faults: readonly Struck[];
  /** Faults after which something was not ready within 30 s. */
  readonly late: number;
  /** Faults of the schedule, and messages, that the time did not suffice for. */
  readonly undone: number;
  /** What is wrong with the audit chain, the ledger or the events. */
  readonly books: readonly string[];
  readonly tookMs: number;
};

/** Lets people talk while things go wrong, and compares what they were told with what is there. */
export async function runMessages(arena: Arena, options: MessagesOptions): Promise<MessagesVerdict> {
  const { messages, schedule, withinMs, pauseMs, progress } = options;
  const startedAt = performance.now();
  const isOver = (): boolean => performance.now() - startedAt > withinMs;
  const crowd = await gatherCrowd(arena, pauseMs);
  try {
    const faults: Struck[] = [];
    for (const fault of schedule) {
      await sleep(fault.afterMs);
      if (isOver()) break;
      const struck = await strike(arena, fault);
      faults.push(struck);
      const ready = `ready ${Math.round(struck.readyMs)} ms after it was undone`;
      progress(`${crowd.ledger.acknowledged} acknowledged; ${describeFault(fault)}: ${ready}`);
      if (struck.readyMs === Infinity) break;
    }
    while (crowd.ledger.acknowledged < messages && !isOver()) await sleep(LOOK_EVERY_MS);
    const undone = schedule.length - faults.length + Math.max(0, messages - crowd.ledger.acknowledged);
    await crowd.fallSilent(ANSWERED_WITHIN_MS);
    progress(`${crowd.ledger.acknowledged} acknowledged; reading everything`);

    const histories = await readHistories(crowd.conversations);
    await everythingIsHeard(crowd, histories);
    const findings = compare(crowd.ledger.all, histories, crowd.ears);
    return {
      ...findings,
      acknowledged: crowd.ledger.acknowledged,
      doubtful: crowd.doubtful(),
      told: crowd.ears.reduce((sum, { heard }) => sum + heard.length, 0),
      faults,
      late: faults.filter(({ readyMs }) => readyMs > READY_WITHIN_MS).length,
      undone,
      books: await readBooks(arena),
      tookMs: performance.now() - startedAt,
    };
  } finally {
    crowd.close();
  }
}

export function describeFault({ kind, roles, lastsMs }: Fault): string {
  const who = roles.length === 1 && kind.startsWith('node') ? ` (${roles[0]})` : '';
  return `${kind}${who}${lastsMs === 0 ? '' : ` for ${(lastsMs / SECOND).toFixed(1)} s`}`;
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

async function readBooks({ database }: Arena): Promise<string[]> {
  const isHandled = async () => (await backlog(database)) === 0;
  const faults: string[] = [];
  await until('every event is handled', isHandled, HANDLED_WITHIN_MS).catch((error: Error) =>
    faults.push(error.message),
  );
  return [...faults, ...(await bookFaults(database))];
}
