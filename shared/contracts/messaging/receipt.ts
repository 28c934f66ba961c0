import { z } from 'zod';
import { DialogId, UserId } from '../../ids.ts';
import { Count } from './message.ts';

/** How far a member's devices have got in a dialog: read <= delivered <= the dialog's last_seq. Both only grow. */
export const Cursor = z.object({ delivered_seq: Count, read_seq: Count });
export type Cursor = z.output<typeof Cursor>;

/** The body of `POST /dialogs/{id}/receipts`: what was delivered, what was read, or both. Reading implies delivery. */
export const ReceiptBody = z
  .strictObject({ delivered_seq: Count.optional(), read_seq: Count.optional() })
  .refine((body) => body.delivered_seq !== undefined || body.read_seq !== undefined, {
    error: 'must have delivered_seq or read_seq',
    path: ['read_seq'],
  });
export type ReceiptBody = z.output<typeof ReceiptBody>;

/** The payload of the socket events `receipt:delivered` and `receipt:read`. */
export const ReceiptUpTo = z.strictObject({ dialog_id: DialogId, seq: Count });
export type ReceiptUpTo = z.output<typeof ReceiptUpTo>;

/** The socket event `receipt`: someone's cursor has moved. */
export const Receipt = z.object({ dialog_id: DialogId, user_id: UserId, ...Cursor.shape });
export type Receipt = z.output<typeof Receipt>;
