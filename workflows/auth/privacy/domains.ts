import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { PrivacyActivities } from '#activities/auth/privacy-activities.ts';
import type { CommercePrivacyActivities } from '#activities/commerce/privacy-activities.ts';
import type { MediaPrivacyActivities } from '#activities/media/privacy-activities.ts';
import type { MessagingPrivacyActivities } from '#activities/messaging/privacy-activities.ts';
import type { NotificationsPrivacyActivities } from '#activities/notifications/privacy-activities.ts';
import type { PaymentsPrivacyActivities } from '#activities/payments/privacy-activities.ts';
import type { VerificationPrivacyActivities } from '#activities/verification/privacy-activities.ts';
import { HOUR, MINUTE, SECOND } from '#shared/time.ts';
import { TASK_QUEUES, type TaskQueue } from '#shared/workflows/command.ts';

/** Steps that read or remove everything of a person take long, and say every so often that they go on. */
const LONG = { startToCloseTimeout: 6 * HOUR, heartbeatTimeout: 30 * SECOND };
const SHORT = { startToCloseTimeout: 30 * SECOND };
/** Tried until it is done: a domain that is away for a day holds a request up, and loses none. */
const retry = { initialInterval: SECOND, backoffCoefficient: 2, maximumInterval: 10 * MINUTE };

/** The queue of another domain in the same cluster: clusters that share a server differ in the prefix of all queues. */
function queueOf(domain: TaskQueue): string {
  const { taskQueue } = workflowInfo();
  return taskQueue.slice(0, taskQueue.length - TASK_QUEUES.auth.length) + domain;
}

/** What identity does itself, on the queue of its workflows. */
export const identity = proxyActivities<Omit<PrivacyActivities, 'exportAccount' | 'expireExport'>>({ ...SHORT, retry });
export const identityLong = proxyActivities<Pick<PrivacyActivities, 'exportAccount' | 'expireExport'>>({
  ...LONG,
  retry,
});
/** Media has no workflows, so identity's worker serves its steps. */
export const media = proxyActivities<MediaPrivacyActivities>({ ...LONG, retry });

export const messaging = (): MessagingPrivacyActivities =>
  proxyActivities<MessagingPrivacyActivities>({ taskQueue: queueOf(TASK_QUEUES.messaging), ...LONG, retry });
export const payments = (): PaymentsPrivacyActivities =>
  proxyActivities<PaymentsPrivacyActivities>({ taskQueue: queueOf(TASK_QUEUES.payments), ...LONG, retry });
export const commerce = (): CommercePrivacyActivities =>
  proxyActivities<CommercePrivacyActivities>({ taskQueue: queueOf(TASK_QUEUES.commerce), ...LONG, retry });
export const verification = (): VerificationPrivacyActivities =>
  proxyActivities<VerificationPrivacyActivities>({ taskQueue: queueOf(TASK_QUEUES.verification), ...LONG, retry });
export const notifications = (): NotificationsPrivacyActivities =>
  proxyActivities<NotificationsPrivacyActivities>({ taskQueue: queueOf(TASK_QUEUES.notifications), ...LONG, retry });
