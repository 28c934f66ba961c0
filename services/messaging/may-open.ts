import { AppError } from '#shared/errors.ts';
import type { UserId } from '#shared/ids.ts';
import type { Databases } from '#shared/sql.ts';
import type { People } from './ports.ts';
import { DIALOGS_PER_USER_MAX } from './rules.ts';
import type { Member } from './service.ts';
import { activeDialogs } from './store/dialogs.ts';

type Ports = { readonly databases: Databases; readonly people: People };

/**
 * Whether the caller may open a dialog with these people.
 * @throws {AppError} NOT_FOUND when one of them has no active account, CONFLICT when the caller is in as many dialogs as
 *   one may be. That bound is there to keep costs in hand: two openings at the same moment may pass it by one.
 */
export function makeMayOpen({ databases, people }: Ports) {
  return async (caller: Member, others: readonly UserId[]): Promise<void> => {
    const found = others.length === 0 ? [] : await people.find(others);
    const active = new Set(found.filter((person) => person.status === 'active').map((person) => person.id));
    if (!others.every((id) => active.has(id))) throw new AppError('NOT_FOUND', { message: 'There is no such user' });
    const counts = await Promise.all(
      databases.all.map((database) => activeDialogs(database, caller.userId, undefined, 1)),
    );
    const dialogs = counts.reduce((sum, [first]) => sum + (first?.total ?? 0), 0);
    if (dialogs >= DIALOGS_PER_USER_MAX) throw new AppError('CONFLICT', { message: 'You are in too many dialogs' });
  };
}
