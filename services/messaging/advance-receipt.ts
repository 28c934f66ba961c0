import type { ReceiptBody } from '#shared/contracts/messaging/receipt.ts';
import { AppError } from '#shared/errors.ts';
import type { DialogId, UserId } from '#shared/ids.ts';
import type { Databases } from '#shared/sql.ts';
import { Lanes } from './append/lanes.ts';
import type { Announcer } from './ports.ts';
import type { Reading } from './reading.ts';
import type { AdvancedCursor } from './service.ts';
import type { CursorMove, MovedCursor } from './store/participants.ts';

/** Each waits as long as the batches before it take, a few milliseconds each; 32 batches are still far below a second. */
const WAITING_MAX = 8_192;
/** A cursor is a short row; beyond a few hundred the fixed cost of a call has vanished. */
const BATCH_MAX = 256;

type Ports = { readonly databases: Databases; readonly reading: Reading; readonly announcer: Announcer };

/**
 * Moves a member's cursors forward: clamped to the last message, never back, reading implies delivery. A cursor that
 * moved is announced: to the members, or to one's own
 * devices alone where nobody else may see it.
 *
 * Cursors are no events: everyone moves one for every message, and nothing but the members' screens waits for it.
 * @throws {AppError} NOT_FOUND when the user is not in the dialog, RETRY_LATER when too many wait.
 */
export function makeAdvanceReceipt({ databases, reading, announcer }: Ports) {
  const lanes = new Lanes<CursorMove, MovedCursor>(databases, {
    capacity: WAITING_MAX,
    batchMax: BATCH_MAX,
    keyOf: (move) => move.dialogId + move.userId,
    run: async (database, batch) => {
      const moved = await reading.store.advance(database, batch);
      return moved.map((cursor) => cursor ?? new AppError('NOT_FOUND'));
    },
  });
  return async (userId: UserId, dialogId: DialogId, receipt: ReceiptBody): Promise<AdvancedCursor> => {
    const moved = await lanes.post({
      dialogId,
      userId,
      deliveredSeq: receipt.delivered_seq ?? 0,
      readSeq: receipt.read_seq ?? 0,
    });
    const cursor = { delivered_seq: Number(moved.delivered_seq), read_seq: Number(moved.read_seq) };
    if (moved.changed) {
      const receipt = { dialog_id: dialogId, user_id: userId, ...cursor };
      if (moved.is_quiet) announcer.receiptFor(userId, receipt);
      else announcer.receipt(dialogId, receipt);
    }
    return { ...cursor, changed: moved.changed };
  };
}
