import type { UserId } from '#shared/ids.ts';
import type { Chat, People } from '../ports.ts';

/** Those whom one may watch, with when they were last seen as far as is stored. */
export type Watchable = ReadonlyMap<UserId, Date | null>;
export type MayWatch = (watcherId: UserId, userIds: readonly UserId[]) => Promise<Watchable>;

/**
 * Decides whose presence someone may know: their own, that of people who show it to everyone, and of people with whom
 * they share a direct dialog or a group; never that of someone who blocked them or shows it to nobody.
 */
export function makeMayWatch(people: Pick<People, 'presenceOf'>, chat: Pick<Chat, 'sharesDialog'>): MayWatch {
  return async (watcherId, userIds) => {
    const found = await people.presenceOf(watcherId, userIds);
    const shown = found.filter(
      ({ userId, hasBlocked, visibleTo }) => userId === watcherId || (!hasBlocked && visibleTo !== 'nobody'),
    );
    const isForContacts = ({ userId, visibleTo }: (typeof shown)[number]): boolean =>
      userId !== watcherId && visibleTo === 'contacts';
    const asked = shown.filter(isForContacts).map(({ userId }) => userId);
    const contacts = asked.length === 0 ? new Set<UserId>() : await chat.sharesDialog(watcherId, asked);
    return new Map(
      shown
        .filter((person) => !isForContacts(person) || contacts.has(person.userId))
        .map(({ userId, lastSeenAt }) => [userId, lastSeenAt]),
    );
  };
}
