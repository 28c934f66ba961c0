import { dataOf } from '../events/event.ts';
import { NotificationStoryBegun, NotificationStoryEnded } from '../events/notifications.ts';
import type { Trigger } from './command.ts';
import {
  NotificationStory,
  type NotificationStoryInput,
  STORY_ENDED_SIGNAL,
  type StoryEndedSignal,
} from './notification-story.ts';

/** What events ask of the stories of notifications; those that wait for nothing have none. */
export const notificationsTrigger: Trigger = {
  types: [NotificationStoryBegun.type, NotificationStoryEnded.type],
  command: (event) => {
    const begun = dataOf(NotificationStoryBegun, event);
    if (begun !== undefined) {
      const input: NotificationStoryInput = {
        notificationId: begun.notification_id,
        beginsAt: begun.begins_at,
        steps: begun.steps.map(({ type, after_ms: afterMs }) => ({ type, afterMs })),
      };
      return { do: 'start', kind: NotificationStory, businessId: begun.notification_id, input };
    }
    const ended = dataOf(NotificationStoryEnded, event);
    if (ended === undefined) return undefined;
    const payload: StoryEndedSignal = { reason: ended.reason };
    const businessId = ended.notification_id;
    return { do: 'signal', kind: NotificationStory, businessId, signal: STORY_ENDED_SIGNAL, payload };
  },
};
