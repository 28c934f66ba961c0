import type { WireDialog } from '#shared/contracts/messaging/dialog.ts';
import { AppError } from '#shared/errors.ts';
import type { DialogId } from '#shared/ids.ts';
import type { Reading } from './reading.ts';
import type { Member } from './service.ts';

/** @throws {AppError} NOT_FOUND when the caller is not in the dialog, or there is none. */
export function makeGetDialog({ reading }: { readonly reading: Reading }) {
  return async (caller: Member, dialogId: DialogId): Promise<WireDialog> => {
    const dialog = await reading.find(caller.userId, dialogId);
    if (dialog === undefined) throw new AppError('NOT_FOUND');
    return dialog;
  };
}
