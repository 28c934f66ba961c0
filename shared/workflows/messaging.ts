import { defineWorkflow, TASK_QUEUES } from './command.ts';

/** The rules by which messages end, in the order in which they are applied. */
export const RETENTION_RULES = ['dialog_retention', 'system_messages', 'deleted_dialogs'] as const;
export type RetentionRule = (typeof RETENTION_RULES)[number];

/** Where a purge has got: a rule, a database by its number, and the last dialog that is done. */
export type PurgePlace = { readonly rule: RetentionRule; readonly database: number; readonly after: string };

/** Where a walk over the keys of all dialogs has got. */
export type KeyWalk = { readonly database: number; readonly after: string };

/** `place` is where an earlier run of the same purge has stopped; absent to begin. */
export type MessageRetentionInput = { readonly place?: PurgePlace; readonly purged?: number };
export type MessageRetentionOutcome = { readonly purged: number };

export type KeyCareInput = { readonly walk?: KeyWalk; readonly rotated?: number; readonly rewrapped?: number };
export type KeyCareOutcome = { readonly rotated: number; readonly rewrapped: number };

/** Purges messages whose time is over. Started by a schedule. */
export const MessageRetention = defineWorkflow<MessageRetentionInput>({
  type: 'messageRetention',
  taskQueue: TASK_QUEUES.messaging,
  idPrefix: 'message-retention',
});

/** Rotates the keys of dialogs that are worn, and wraps anew what an older wrapping key has wrapped. By a schedule. */
export const KeyCareWorkflow = defineWorkflow<KeyCareInput>({
  type: 'keyCare',
  taskQueue: TASK_QUEUES.messaging,
  idPrefix: 'key-care',
});
