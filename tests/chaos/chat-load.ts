import { setTimeout as sleep } from 'node:timers/promises';
import { listMessages } from '#shared/contracts/messaging.ts';
import type { DialogId } from '#shared/ids.ts';
import { SECOND } from '#shared/time.ts';
import { type LoadLog, mismatches } from './load-log.ts';
import { until } from './patience.ts';
import type { Resident } from './town.ts';

const PAUSE_MS = 40;
const PAGE = 100;
/** A beacon tells those behind after some seconds at most. */
const CATCH_UP_WITHIN_MS = 30 * SECOND;

export type ChatLoad = {
  /** Says no more, and waits until every message has been answered for. */
  stop(): Promise<void>;
};

type Heard = { readonly version: number; readonly content: string | null };

/** What one member's app was told of a dialog, in order. */
export type Ear = { readonly member: Resident; readonly heard: readonly Heard[] };

/** Listens for everybody, from before the first word. */
export async function listen(members: readonly Resident[], dialogId: DialogId): Promise<readonly Ear[]> {
  return await Promise.all(
    members.map(async (member) => {
      const heard: Heard[] = [];
      member.client.on('message', ({ dialog_id, version, message }) => {
        if (dialog_id === dialogId) heard.push({ version, content: message.content });
      });
      await new Promise<void>((resolve) => {
        member.client.on('caught-up', () => resolve());
        member.client.connect();
      });
      return { member, heard };
    }),
  );
}

/** Everybody writes to one dialog, a message each every 40 ms, without waiting for answers. */
export function startChat(members: readonly Resident[], dialogId: DialogId, log: LoadLog): ChatLoad {
  const stopped = new AbortController();
  const sent: Promise<unknown>[] = [];

  async function speak({ id, client }: Resident): Promise<void> {
    for (let count = 0; !stopped.signal.aborted; count += 1) {
      const content = `${id} ${count}`;
      const message = { message_type: 'text', content, client_id: content } as const;
      sent.push(log.attempt('message', content, () => client.send(dialogId, message)));
      await sleep(PAUSE_MS);
    }
  }

  const speaking = members.map(speak);
  return {
    stop: async () => {
      stopped.abort();
      await Promise.all(speaking);
      await Promise.all(sent);
    },
  };
}

/**
 * Compares what the speakers were told with what every member can read, and what every app has heard once it has had
 * time to catch up.
 *
 * @returns a sentence for each thing that is wrong
 */
export async function chatFaults(ears: readonly Ear[], dialogId: DialogId, log: LoadLog): Promise<string[]> {
  const histories = await Promise.all(ears.map(({ member }) => history(member, dialogId)));
  const [first = []] = histories;
  const everythingIsHeard = async (): Promise<boolean> => ears.every(({ heard }) => heard.length >= first.length);
  await until('everybody hears everything', everythingIsHeard, CATCH_UP_WITHIN_MS).catch(() => undefined);
  const wrong = mismatches(
    log.outcomes('message'),
    first.map(({ content }) => content ?? 'nothing'),
  );
  if (!first.every(({ seq }, place) => seq === place + 1)) wrong.push('the history has a gap or a repetition');
  histories.forEach((other, place) => {
    const { member, heard } = ears[place]!;
    const isSame = other.length === first.length && other.every(({ id }, at) => id === first[at]?.id);
    if (!isSame) wrong.push(`${member.id} reads another history`);
    // Nothing was edited, so the version of a message is its seq.
    const isDense = heard.length === first.length && heard.every(({ version }, at) => version === at + 1);
    const isTrue = heard.every(({ content }, at) => content === first[at]?.content);
    if (!isDense || !isTrue) wrong.push(`${member.id} heard ${heard.length} of ${first.length} messages, or others`);
  });
  return wrong;
}

type Stored = { readonly id: string; readonly seq: number; readonly content: string | null };

async function history({ client }: Resident, dialogId: DialogId): Promise<Stored[]> {
  const all: Stored[] = [];
  for (;;) {
    const after = String(all.at(-1)?.seq ?? 0);
    const { body } = await client.call(listMessages, { params: { id: dialogId }, query: { after, limit: PAGE } });
    all.push(...body.messages);
    if (!body.has_more) return all;
  }
}
