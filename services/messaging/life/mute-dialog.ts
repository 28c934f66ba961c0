import type { WireDialog } from '#shared/contracts/messaging/dialog.ts';
import { AppError } from '#shared/errors.ts';
import type { DialogId } from '#shared/ids.ts';
import type { Announcer } from '../ports.ts';
import type { Reading } from '../reading.ts';
import type { Member } from '../service.ts';
import { setMute } from '../store/dialog-life.ts';
import { updateOf } from './update.ts';

type Ports = { readonly reading: Reading; readonly announcer: Announcer };

/**
 * Sets until when the caller wants no notifications of a dialog; their other devices are told. Nobody else learns of it.
 * @throws {AppError} NOT_FOUND when the caller is not in it.
 */
export function makeMuteDialog({ reading, announcer }: Ports) {
  return async (caller: Member, dialogId: DialogId, until: Date | null): Promise<WireDialog> => {
    if (!(await setMute(reading.home(dialogId), dialogId, caller.userId, until))) throw new AppError('NOT_FOUND');
    const dialog = await reading.find(caller.userId, dialogId);
    if (dialog === undefined) throw new AppError('NOT_FOUND');
    announcer.dialogUpdatedFor(caller.userId, { ...updateOf(dialog), muted_until: dialog.muted_until });
    return dialog;
  };
}
