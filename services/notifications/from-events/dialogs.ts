import { MembersEntered } from '#shared/events/dialog-life.ts';
import { dataOf } from '#shared/events/event.ts';
import type { Mapping } from './mapping.ts';

/** Whom somebody has added to a group is told; who came by themselves knows. */
export const newMembers: Mapping = {
  types: [MembersEntered.type],
  wanted: (event) => {
    const entered = dataOf(MembersEntered, event);
    if (entered === undefined) return [];
    const { dialog_id: id, by, user_ids: userIds } = entered;
    return userIds
      .filter((userId) => userId !== by)
      .map((recipientId) => ({
        recipientId,
        originId: event.id,
        template: 'messaging.added_to_group',
        channel: 'messaging' as const,
        variables: { dialog: { $ref: 'dialog', id }, by: { $ref: 'user', id: by } },
        data: { dialog_id: id },
        types: ['in_app', 'push'] as const,
      }));
  },
};
