import { condition, defineSignal, defineUpdate, proxyActivities, setHandler } from '@temporalio/workflow';
import type { NotificationActivities } from '#activities/notifications/activities.ts';
import { MINUTE, SECOND } from '#shared/time.ts';
import {
  CHANGE_STEPS_UPDATE,
  type ChangeSteps,
  type NotificationStoryInput,
  type NotificationStoryOutcome,
  STORY_ENDED_SIGNAL,
  type StoryEndedSignal,
} from '#shared/workflows/notification-story.ts';

const ended = defineSignal<[StoryEndedSignal]>(STORY_ENDED_SIGNAL);
const changeSteps = defineUpdate<void, [ChangeSteps]>(CHANGE_STEPS_UPDATE);

/** A step reads two rows and writes one; while the database is away it is tried for as long as it takes. */
const { fallBack } = proxyActivities<NotificationActivities>({
  startToCloseTimeout: 10 * SECOND,
  retry: { initialInterval: 1 * SECOND, backoffCoefficient: 2, maximumInterval: 1 * MINUTE },
});

/** As many ways as there are besides the first. */
const STEPS_MAX = 3;
const STEP_MIN_MS = SECOND;

/**
 * Waits for someone to read a notification, and takes the next way when they have not by then: push, text, e-mail. Whoever
 * reads it or takes it back is heard at once; what a lost signal would have said is asked before each way.
 */
export async function unreadStory({
  notificationId,
  beginsAt,
  steps,
}: NotificationStoryInput): Promise<NotificationStoryOutcome> {
  let end: StoryEndedSignal | undefined;
  let left = [...steps];
  let changes = 0;
  setHandler(ended, (signal) => void (end ??= signal));
  setHandler(
    changeSteps,
    (wanted) => {
      left = [...wanted];
      changes += 1;
    },
    {
      validator: (wanted: ChangeSteps) => {
        if (end !== undefined) throw new Error('nothing more is to follow');
        if (wanted.length > STEPS_MAX) throw new Error(`at most ${STEPS_MAX} ways can follow`);
        if (wanted.some(({ afterMs }) => afterMs < STEP_MIN_MS)) throw new Error('a way must leave time to read');
      },
    },
  );

  await condition(() => end !== undefined, Math.max(0, Date.parse(beginsAt) - Date.now()) || STEP_MIN_MS);
  while (end === undefined && left.length > 0) {
    const seen = changes;
    const next = left[0]!;
    await condition(() => end !== undefined || changes > seen, next.afterMs);
    if (end !== undefined) break;
    if (changes > seen) continue;
    left = left.slice(1);
    const came = await fallBack({ notificationId, type: next.type });
    if (came !== 'followed') return { outcome: came };
  }
  return { outcome: outcomeOf(end) };
}

function outcomeOf(end: StoryEndedSignal | undefined): NotificationStoryOutcome['outcome'] {
  if (end === undefined) return 'all_ways_taken';
  return end.reason === 'read' ? 'read' : 'over';
}
