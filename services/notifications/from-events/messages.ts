import type { DialogId, UserId } from '#shared/ids.ts';
import { DAY } from '#shared/time.ts';
import type { Wanted } from '../create/wanted.ts';
import { GATHER_MS } from '../rules.ts';

/** Messages of one dialog that someone who is away has not read. */
export type MessageNews = {
  readonly eventId: string;
  /** When the last of them was appended. */
  readonly at: Date;
  readonly dialogId: DialogId;
  readonly isDirect: boolean;
  readonly userId: UserId;
  /** The last message, and who wrote it. */
  readonly seq: number;
  readonly senderId: UserId;
  readonly mentionedBy: UserId | undefined;
};

/** A message that nobody has seen for a day is found by whoever opens the app. */
const NEWS_FOR_MS = DAY;

/**
 * The push for messages: one for each burst of a dialog, with as many as are unread when it is sent. Whom somebody names in
 * a group is told so instead, and finds it in the inbox as well.
 */
export function messagePush(news: MessageNews): Wanted {
  const { dialogId: id, userId, seq, isDirect, mentionedBy } = news;
  const isNamed = mentionedBy !== undefined && !isDirect;
  const key = `${isNamed ? 'mention' : 'dialog'}:${id}`;
  const sender = { $ref: 'user', id: isNamed ? mentionedBy : news.senderId };
  const dialog = isDirect ? {} : { dialog: { $ref: 'dialog', id } };
  // Waiting through a quiet night it may be read elsewhere: then it is not told in the morning.
  const mention = { dialog: { $ref: 'mention', id, for: userId, seq } };
  return {
    recipientId: userId,
    originId: news.eventId,
    template: isNamed ? 'messaging.mentioned' : 'messaging.new_messages',
    channel: 'messaging',
    variables: isNamed ? { sender, ...mention } : { sender, ...dialog, count: { $ref: 'unread', id, for: userId } },
    data: { dialog_id: id },
    types: isNamed ? ['push', 'in_app'] : ['push'],
    priority: 'high',
    told: { key, high: seq },
    collapseKey: key,
    gatherMs: GATHER_MS,
    expiresAt: new Date(news.at.getTime() + NEWS_FOR_MS),
  };
}
