import { REASONS_SHOWN_MAX, type ReportedMessage, type ReportsQuery } from '#shared/contracts/messaging/reports.ts';
import { AppError, invalid } from '#shared/errors.ts';
import { decodeCursor, encodeCursor } from '#shared/http/paging.ts';
import type { DialogId } from '#shared/ids.ts';
import { refuseMember } from '../life/rules.ts';
import type { Reading } from '../reading.ts';
import type { Member } from '../service.ts';
import { openReports, reasonsOf } from '../store/reports.ts';
import { roleIn } from '../store/participants.ts';
import { wordsOf } from './words-of-reporters.ts';

export type ReportPage = { readonly reports: ReportedMessage[]; readonly next_cursor: string | null };

/**
 * What is reported in a dialog and not decided yet, for its owner and admins. Who reported is told to nobody.
 *
 * @throws {AppError} NOT_FOUND when the caller is not in the dialog, FORBIDDEN for plain members, VALIDATION_ERROR for a
 *   cursor that is not ours
 */
export function makeListReports({ reading }: { readonly reading: Reading }) {
  return async (caller: Member, dialogId: DialogId, { cursor, limit }: ReportsQuery): Promise<ReportPage> => {
    const below = placeOf(cursor);
    const database = reading.home(dialogId);
    const role = await roleIn(database, dialogId, caller.userId);
    if (role === undefined) throw new AppError('NOT_FOUND');
    if (role.type !== 'direct') refuseMember(role.role);
    const rows = await openReports(database, dialogId, below, limit + 1);
    const page = rows.slice(0, limit);
    const [found, reasons] = await Promise.all([
      Promise.all(page.map(({ seq }) => reading.store.bySeq(database, dialogId, seq))),
      reasonsOf(database, page, 'admins', REASONS_SHOWN_MAX),
    ]);
    const there = found.filter((row) => row !== undefined);
    const cursors = await reading.cursors(database, caller.userId, [dialogId]);
    const messages = new Map(
      (await reading.messages(database, there, cursors)).map((message) => [message.id, message]),
    );
    const said = await wordsOf(reading, there, reasons);
    const last = page.at(-1);
    return {
      reports: page.flatMap(({ message_id: id, count, first_reported_at: at }) => {
        const message = messages.get(id);
        if (message === undefined || message.deleted_at !== null) return [];
        return [{ message, count, reasons: said.get(id) ?? [], first_reported_at: at.toISOString() }];
      }),
      next_cursor: rows.length > limit && last !== undefined ? encodeCursor([Number(last.seq)]) : null,
    };
  };
}

function placeOf(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const [seq, ...rest] = decodeCursor(cursor) ?? [];
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 1 || rest.length > 0) {
    throw invalid('cursor', 'is not one of ours');
  }
  return seq;
}
