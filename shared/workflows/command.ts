import type { StoredEvent } from '../events/event.ts';

/** The task queues, one per domain: its workflows and its activities run there. */
export const TASK_QUEUES = {
  auth: 'auth',
  messaging: 'messaging',
  payments: 'payments',
  commerce: 'commerce',
  notifications: 'notifications',
  verification: 'verification',
} as const;

export type TaskQueue = (typeof TASK_QUEUES)[keyof typeof TASK_QUEUES];

/** A kind of workflow: its name in Temporal, where it runs, and how its id is made from the business id. */
export type WorkflowKind<Input = unknown> = {
  readonly type: string;
  readonly taskQueue: TaskQueue;
  /** `order` makes `order-<id>`. */
  readonly idPrefix: string;
  readonly input?: Input;
};

export function defineWorkflow<Input>(kind: Omit<WorkflowKind<Input>, 'input'>): WorkflowKind<Input> {
  return kind;
}

export function workflowId(kind: WorkflowKind, businessId: string): string {
  return `${kind.idPrefix}-${businessId}`;
}

/** What an event asks of Temporal. Each is idempotent: starting twice is starting once, and a signal names its event. */
export type WorkflowCommand =
  | { readonly do: 'start'; readonly kind: WorkflowKind; readonly businessId: string; readonly input: unknown }
  | {
      readonly do: 'signal';
      readonly kind: WorkflowKind;
      readonly businessId: string;
      readonly signal: string;
      readonly payload: unknown;
    };

/** Which workflow an event starts or signals; undefined for events that concern none. Each domain has one. */
export type Trigger = {
  readonly types: readonly string[];
  readonly command: (event: StoredEvent) => WorkflowCommand | undefined;
};
