import { setTimeout as sleep } from 'node:timers/promises';
import { openDialog } from '#shared/contracts/messaging.ts';
import type { DialogId } from '#shared/ids.ts';
import { SECOND } from '#shared/time.ts';
import type { Resident } from '#tests/chaos/town.ts';
import type { Arena } from '../faults/arena.ts';
import { type Device, type Ear, openDevice } from './device.ts';
import { SpokenLedger } from './ledger.ts';
import { openSpeaker, type Speaker } from './speaker.ts';

export type Conversation = { readonly id: DialogId; readonly members: readonly Resident[] };

export type Crowd = {
  readonly conversations: readonly Conversation[];
  /** One for each device of each member of each dialog. */
  readonly ears: readonly Ear[];
  readonly ledger: SpokenLedger;
  /** Messages of which a try was not answered. */
  doubtful(): number;
  /** Begins no more, and waits for what was begun. @returns whether all of it was answered in time */
  fallSilent(withinMs: number): Promise<boolean>;
  close(): void;
};

const PEOPLE = 6;
/** The members of the groups, by their place in town; everybody also writes to the next one alone. */
const GROUPS = [
  [0, 1, 2],
  [3, 4, 5],
  [0, 1, 2, 3, 4, 5],
] as const;
/** One that stays, and one whose app is started again every few seconds. */
const DEVICES = ['steady', 'restless'] as const;
const RESTLESS_MS = 5 * SECOND;
/** Messages of one dialog on their way at once, by whether the speaker is one who keeps the order. */
const OUTSTANDING = { ordered: 1, hasty: 6 };
const AFTER_REFUSAL_MS = 1 * SECOND;

/**
 * People with two devices that read and one that writes, in dialogs and groups, all of them talking.
 *
 * @param pauseMs of each lane of talk, from the answer of one message to the next; 0 for as many as the cluster takes
 */
export async function gatherCrowd({ cluster, town }: Arena, pauseMs: number): Promise<Crowd> {
  const people = await town.residents(PEOPLE, '0.00');
  const conversations = await openConversations(people, town);
  const devices = people.flatMap((person, place) =>
    DEVICES.map((kind) => ({ person, kind, name: `${place}, ${kind}` })),
  );
  const ears = conversations.flatMap(({ id, members }) =>
    devices
      .filter(({ person }) => members.includes(person))
      .map(({ name }): Ear => ({ device: name, dialogId: id, heard: [] })),
  );
  const opened = await Promise.all(
    devices.map(async ({ person, kind, name }) => {
      const own = ears.filter(({ device }) => device === name);
      return { kind, device: await openDevice((options) => town.clientOf(person, options), own) };
    }),
  );
  const speakers = await Promise.all(
    people.map((person, place) =>
      openSpeaker(person, cluster, place % 2 === 0 ? OUTSTANDING.ordered : OUTSTANDING.hasty),
    ),
  );
  const ledger = new SpokenLedger();
  const silence = new AbortController();
  const talking = conversations.flatMap(({ id, members }, place) =>
    members.map((member) => {
      const at = people.indexOf(member);
      const lanes = at % 2 === 0 ? OUTSTANDING.ordered : OUTSTANDING.hasty;
      return Array.from({ length: lanes }, (_, lane) =>
        talk(speakers[at]!, id, { name: `${place}.${at}.${lane}`, isOrdered: lanes === 1 }),
      );
    }),
  );

  async function restartNowAndThen(device: Device): Promise<void> {
    while (!silence.signal.aborted) {
      await sleep(RESTLESS_MS, undefined, { signal: silence.signal }).catch(() => undefined);
      device.restart();
    }
  }
  for (const { kind, device } of opened) if (kind === 'restless') void restartNowAndThen(device);

  /** One message after the other, each when the one before was answered. */
  async function talk(speaker: Speaker, dialogId: DialogId, lane: { name: string; isOrdered: boolean }): Promise<void> {
    for (let count = 0; !silence.signal.aborted; count += 1) {
      const content = `${lane.name}.${count}`;
      const what = { dialogId, content, lane: lane.isOrdered ? lane.name : undefined };
      const isStored = await ledger.note(what, speaker.say(dialogId, content));
      await sleep(isStored ? pauseMs : AFTER_REFUSAL_MS);
    }
  }

  return {
    conversations,
    ears,
    ledger,
    doubtful: () => speakers.reduce((sum, { doubtful }) => sum + doubtful.size, 0),
    fallSilent: async (withinMs) => {
      silence.abort();
      const isSilent = Promise.all(talking.flat()).then(() => true);
      return await Promise.race([isSilent, sleep(withinMs, false, { ref: false })]);
    },
    close: () => {
      for (const speaker of speakers) speaker.close();
      for (const { device } of opened) device.close();
    },
  };
}

async function openConversations(people: readonly Resident[], town: Arena['town']): Promise<Conversation[]> {
  const groups = GROUPS.map((places) => places.map((place) => people[place]!));
  const pairs = people.map((person, place) => [person, people[(place + 1) % people.length]!]);
  const openGroup = async (members: readonly Resident[]) => ({ id: await town.group(members), members });
  const openPair = async (members: readonly Resident[]) => {
    const body = { type: 'direct' as const, participant_ids: [members[1]!.id] };
    return { id: (await members[0]!.client.call(openDialog, { body })).body.id, members };
  };
  return await Promise.all([...groups.map(openGroup), ...pairs.map(openPair)]);
}
