import { z } from 'zod';
import { DialogId } from '../../ids.ts';
import { WireDialog } from './dialog.ts';
import { Count, WireMessage } from './message.ts';
import { Receipt } from './receipt.ts';

/** Dialogs a call may name; a client with more asks several times. */
export const SYNC_DIALOGS_MAX = 500;
/** Changes of one dialog in one answer. */
export const SYNC_LIMIT_MAX = 300;
const SYNC_LIMIT_USUAL = 100;

/** The payload of `sync`: the dialogs that the client knows, each with the version up to which it has every change. */
export const SyncRequest = z.strictObject({
  dialogs: z
    .array(z.strictObject({ dialog_id: DialogId, after_version: Count }))
    .max(SYNC_DIALOGS_MAX)
    .refine((dialogs) => new Set(dialogs.map((known) => known.dialog_id)).size === dialogs.length, {
      error: 'must name each dialog once',
    }),
  /** Changes per dialog. */
  limit: z.number().int().min(1).max(SYNC_LIMIT_MAX).default(SYNC_LIMIT_USUAL),
});
export type SyncRequest = z.output<typeof SyncRequest>;

/** A message in its latest state, to be applied as an upsert. */
export const SyncChange = z.object({
  type: z.enum(['message:new', 'message:updated', 'message:deleted']),
  version: Count,
  message: WireMessage,
});
export type SyncChange = z.output<typeof SyncChange>;

/**
 * What a dialog's member missed: complete up to the version of the last change in `changes`, and up to `version` when
 * `has_more` is false. `reset` means that the client's version cannot be continued from: fetch the dialog afresh.
 */
export const SyncedDialog = z.object({
  dialog_id: DialogId,
  version: Count,
  last_seq: Count,
  changes: z.array(SyncChange),
  /** Everyone's cursors in dialogs of at most 32 members; in larger ones the caller's own. */
  receipts: z.array(Receipt.omit({ dialog_id: true })),
  has_more: z.boolean(),
  reset: z.boolean(),
});
export type SyncedDialog = z.output<typeof SyncedDialog>;

export const SyncReply = z.object({
  dialogs: z.array(SyncedDialog),
  /** Dialogs that the client did not name, the last joined first. */
  joined: z.array(WireDialog),
  /** True when there are more of those than fit: list them with `GET /dialogs`. */
  joined_has_more: z.boolean(),
  /** Dialogs that were named and that the caller is not in. */
  left: z.array(DialogId),
});
export type SyncReply = z.output<typeof SyncReply>;
