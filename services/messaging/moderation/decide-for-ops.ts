import type { Caller } from '#shared/caller.ts';
import type { ReportDecision } from '#shared/contracts/messaging/ops-reports.ts';
import { AppError } from '#shared/errors.ts';
import { type MessageId, regionOf } from '#shared/ids.ts';
import { makeRemoveMessage } from '../delete-message.ts';
import type { MediaLinks } from '../ports.ts';
import { decideReports, reportedToOps, whoMayDelete } from '../store/reports.ts';
import { dismissed } from './dismissed.ts';
import type { ModerationPorts } from './report-message.ts';

type Ports = ModerationPorts & { readonly media?: MediaLinks | undefined };

/**
 * The platform's word on a message that was reported to it: it stays, or it is deleted for everyone in the reviewer's
 * name. The same word again changes nothing.
 *
 * @throws {AppError} NOT_FOUND for a message that nobody has reported to the platform, FORBIDDEN for one's own, CONFLICT
 *   for a message that was kept and is now to be removed: it waits for a new report
 */
export function makeDecideForOps(ports: Ports) {
  const { databases, reading, outbox } = ports;
  const remove = makeRemoveMessage(ports);

  async function keep(caller: Caller, messageId: MessageId): Promise<void> {
    const database = databases.of(regionOf(messageId));
    await database.transaction(async (tx) => {
      const place = await reportedToOps(tx, messageId);
      if (place === undefined) throw new AppError('NOT_FOUND');
      const dialogId = place.dialog_id;
      const count = await decideReports(tx, [dialogId], [messageId], ['ops']);
      if (count === 0) return;
      await outbox.append(
        tx,
        dismissed({ dialogId, messageId, by: caller.userId, facts: { count, role: caller.role } }),
      );
    });
  }

  return async (caller: Caller, messageId: MessageId, decision: ReportDecision): Promise<void> => {
    const database = databases.of(regionOf(messageId));
    const place = await reportedToOps(database, messageId);
    if (place === undefined) throw new AppError('NOT_FOUND');
    const message = await reading.store.bySeq(database, place.dialog_id, place.seq);
    if (message?.sender_id === caller.userId) {
      throw new AppError('FORBIDDEN', { message: 'You wrote this message: someone else must decide' });
    }
    if (decision === 'keep') return await keep(caller, messageId);
    if (message === undefined || message.deleted_at !== null) return;
    if (!place.open) throw new AppError('CONFLICT', { message: 'It was decided that this message stays' });
    const judgedAs = await whoMayDelete(database, place.dialog_id, message.sender_id);
    if (judgedAs === undefined) throw new AppError('NOT_FOUND');
    await remove(message, { actorId: caller.userId, judgedAs });
  };
}
