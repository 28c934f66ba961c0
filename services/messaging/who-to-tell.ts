import type { DialogType } from '#shared/contracts/messaging/dialog.ts';
import { type DialogId, regionOf, type UserId } from '#shared/ids.ts';
import { type Databases, type Sql, statement } from '#shared/sql.ts';
import type { MessageStore } from './store/message-store.ts';

/** Seqs of a dialog that were appended, both ends included. */
export type Fresh = { readonly dialogId: DialogId; readonly from: number; readonly to: number };

/** Someone who has not read them, has not muted the dialog, and wrote none of them. */
export type Hearer = {
  readonly userId: UserId;
  /** The last of the messages that are for them, and who wrote it. */
  readonly seq: number;
  readonly senderId: UserId;
  /** Who has mentioned them last; undefined when nobody has. */
  readonly mentionedBy: UserId | undefined;
};

export type DialogNews = {
  readonly dialogId: DialogId;
  readonly type: DialogType;
  readonly hearers: readonly Hearer[];
};

type Member = {
  readonly dialog_id: DialogId;
  readonly type: DialogType;
  readonly user_id: UserId;
  readonly mentioned_seq: bigint | null;
};

// A channel may have a hundred thousand readers: of them only those whom a post names are looked at.
const MEMBERS = statement(
  'messaging.members-to-tell',
  `SELECT fresh.dialog_id, dialogs.type, participants.user_id,
          (SELECT max(mentions.seq) FROM messaging.mentions
           WHERE mentions.dialog_id = fresh.dialog_id AND mentions.user_id = participants.user_id
             AND mentions.seq BETWEEN fresh.from_seq AND fresh.to_seq) AS mentioned_seq
   FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS fresh (dialog_id, from_seq, to_seq)
   JOIN messaging.dialogs ON dialogs.id = fresh.dialog_id AND dialogs.type <> 'channel'
   JOIN messaging.participants ON participants.dialog_id = fresh.dialog_id
   WHERE participants.read_seq < fresh.to_seq
     AND (participants.muted_until IS NULL OR participants.muted_until <= now())
   UNION ALL
   SELECT fresh.dialog_id, dialogs.type, participants.user_id, max(mentions.seq)
   FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS fresh (dialog_id, from_seq, to_seq)
   JOIN messaging.dialogs ON dialogs.id = fresh.dialog_id AND dialogs.type = 'channel'
   JOIN messaging.mentions ON mentions.dialog_id = fresh.dialog_id
     AND mentions.seq BETWEEN fresh.from_seq AND fresh.to_seq
   JOIN messaging.participants ON participants.dialog_id = mentions.dialog_id
     AND participants.user_id = mentions.user_id
   WHERE participants.read_seq < fresh.to_seq
     AND (participants.muted_until IS NULL OR participants.muted_until <= now())
   GROUP BY fresh.dialog_id, dialogs.type, participants.user_id`,
);

type Ports = {
  readonly databases: Databases;
  readonly store: MessageStore;
  /** Those of the people who have sockets open; they hear it anyway. */
  readonly online: (userIds: readonly UserId[]) => Promise<ReadonlySet<UserId>>;
  /** Those of `others` who have blocked the user. */
  readonly blockersOf: (userId: UserId, others: readonly UserId[]) => Promise<readonly UserId[]>;
};

/** Messages read of one dialog: what came before them in the same turn is told with them. */
const READ_MAX = 256;

/**
 * Who is away and should hear of messages that were just appended. Messages are read only where somebody is.
 *
 * @param fresh each dialog once
 */
export function makeWhoToTell({ databases, store, online, blockersOf }: Ports) {
  async function newsOf(one: Fresh, members: readonly Member[]): Promise<DialogNews> {
    const { dialogId, from, to } = one;
    const home = databases.of(regionOf(dialogId));
    const first = Math.max(from, to - READ_MAX + 1);
    const rows = await store.after(home, dialogId, first - 1, to - first + 1);
    const said = rows.filter((row) => row.message_type !== 'system' && row.deleted_at === null);
    const type = members[0]!.type;
    const ids = members.map((member) => member.user_id);
    // In a direct dialog a blocked person cannot write at all.
    const senders = type === 'direct' ? [] : [...new Set(said.map((row) => row.sender_id))];
    const blockers = new Map<UserId, ReadonlySet<UserId>>();
    for (const sender of senders) blockers.set(sender, new Set(await blockersOf(sender, ids)));
    const hearers = members.flatMap(({ user_id: userId, mentioned_seq: mentioned }): Hearer[] => {
      const theirs = said.filter(
        ({ sender_id: sender }) => sender !== userId && !(blockers.get(sender)?.has(userId) ?? false),
      );
      const last = theirs.at(-1);
      if (last === undefined) return [];
      const mentionedBy = theirs.find(({ seq }) => seq === mentioned)?.sender_id;
      return [{ userId, seq: Number(last.seq), senderId: last.sender_id, mentionedBy }];
    });
    return { dialogId, type, hearers };
  }

  return async (fresh: readonly Fresh[]): Promise<DialogNews[]> => {
    const byHome = Map.groupBy(fresh, ({ dialogId }) => databases.of(regionOf(dialogId)));
    const members = (await Promise.all(Array.from(byHome, ([home, some]) => membersOf(home, some)))).flat();
    const present = await online([...new Set(members.map((member) => member.user_id))]);
    const away = Map.groupBy(
      members.filter((member) => !present.has(member.user_id)),
      (member) => member.dialog_id,
    );
    const news: DialogNews[] = [];
    for (const one of fresh) {
      const some = away.get(one.dialogId);
      if (some !== undefined) news.push(await newsOf(one, some));
    }
    return news;
  };
}

function membersOf(sql: Sql, fresh: readonly Fresh[]): Promise<Member[]> {
  return sql.rows<Member>(MEMBERS, [
    fresh.map(({ dialogId }) => dialogId),
    fresh.map(({ from }) => from),
    fresh.map(({ to }) => to),
  ]);
}
