import type { NotificationType } from '../contracts/notifications/notification.ts';
import { defineWorkflow, TASK_QUEUES } from './command.ts';

export type NotificationStoryInput = {
  readonly notificationId: string;
  /** ISO 8601: nothing is waited for before the first way has been taken. */
  readonly beginsAt: string;
  readonly steps: readonly { readonly type: NotificationType; readonly afterMs: number }[];
};

/** How it ended: read, taken back or out of time, or with the last way taken. */
export type NotificationStoryOutcome = { readonly outcome: 'read' | 'over' | 'all_ways_taken' };

/** Waits for someone to read a notification, and takes another way when they do not. Its id is `notification-<id>`. */
export const NotificationStory = defineWorkflow<NotificationStoryInput>({
  type: 'unreadStory',
  taskQueue: TASK_QUEUES.notifications,
  idPrefix: 'notification',
});

/** It was read or taken back: nothing more is to follow. */
export const STORY_ENDED_SIGNAL = 'ended';
export type StoryEndedSignal = { readonly reason: 'read' | 'cancelled' };

/** Asks for other ways and waits from here on, in the place of those that were to follow; answered at once. */
export const CHANGE_STEPS_UPDATE = 'changeSteps';
export type ChangeSteps = NotificationStoryInput['steps'];

/** What taking the next way came to. */
export type FallingBack = 'followed' | 'read' | 'over';
