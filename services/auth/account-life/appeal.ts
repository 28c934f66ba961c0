import type { Caller } from '#shared/caller.ts';
import type { Appeal } from '#shared/contracts/auth/account-life.ts';
import { AppError } from '#shared/errors.ts';
import { AppealMade } from '#shared/events/account-life.ts';
import { happened, type Outbox } from '#shared/events/event.ts';
import { encodeCursor, idAfter } from '#shared/http/paging.ts';
import { AppealId, regionOf } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Country } from '#shared/regions.ts';
import type { Databases } from '#shared/sql.ts';
import { mobileNumber } from '../phone.ts';
import { spendCode, type SpendCodePorts } from '../spend-code.ts';
import { noted } from './note.ts';
import { decideAppeal, findLife, findSuspended, openAppeals, saveAppeal } from './store.ts';

export type AppealPorts = SpendCodePorts & {
  readonly databases: Databases;
  readonly outbox: Outbox;
};

export type MakeAppeal = {
  readonly phoneNumber: string;
  readonly country: Country;
  readonly code: string;
  readonly statement: string;
};

/**
 * Lets a suspended person be heard: a one-time code stands in for the session that they cannot have. The code is spent,
 * also when there is nothing to appeal.
 *
 * @throws {AppError} UNAUTHORIZED for a wrong, spent or expired code and for an account that is not suspended, in the
 *   same words as a login
 */
export async function makeAppeal(ports: AppealPorts, appeal: MakeAppeal): Promise<void> {
  const { databases, outbox } = ports;
  const phone = mobileNumber(appeal.phoneNumber, appeal.country);
  const isHeard = await databases.of(appeal.country).transaction(async (tx) => {
    if (!(await spendCode(ports, tx, { phone, country: appeal.country, code: appeal.code }))) return false;
    const account = await findSuspended(tx, phone);
    if (account === undefined) return false;
    const { id: userId, country_code: country } = account;
    const made = { id: newId<AppealId>(country), accountId: userId, words: appeal.statement };
    const { id, is_new: isNew } = await saveAppeal(tx, made);
    const told = happened(AppealMade, userId, { user_id: userId, country, appeal_id: id });
    await outbox.append(tx, {
      events: isNew ? [told] : [],
      audit: [{ actor: userId, action: 'auth.appeal_made', subject: id, region: country, outcome: 'ok' }],
    });
    return true;
  });
  if (!isHeard) throw new AppError('UNAUTHORIZED', { message: 'The code is wrong or no longer good' });
}

type AppealPage = { readonly appeals: Appeal[]; readonly next_cursor: string | null };
const NIL = '00000000-0000-0000-0000-000000000000';

/** Appeals that wait, of every region, the oldest first. @throws {AppError} VALIDATION_ERROR for a foreign cursor */
export async function listAppeals(
  { databases, outbox }: Pick<AppealPorts, 'databases' | 'outbox'>,
  caller: Caller,
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<AppealPage> {
  const after = idAfter(cursor, AppealId) ?? NIL;
  const pages = await Promise.all(databases.all.map((database) => openAppeals(database, after, limit + 1)));
  const rows = pages.flat().toSorted((one, other) => (one.id < other.id ? -1 : 1));
  const page = rows.slice(0, limit);
  const { userId, country: region } = caller;
  const facts = { appeals: page.length };
  const audit = { actor: userId, action: 'auth.appeals_read', subject: userId, region, outcome: 'ok', facts } as const;
  await databases.of(region).transaction((tx) => outbox.append(tx, { audit: [audit] }));
  const last = page.at(-1);
  return {
    appeals: page.map((row) => ({
      id: row.id,
      user_id: row.account_id,
      statement: row.words,
      created_at: row.created_at.toISOString(),
    })),
    next_cursor: rows.length > limit && last !== undefined ? encodeCursor([last.id]) : null,
  };
}

/** Leaves the account suspended. @throws {AppError} NOT_FOUND when no such appeal waits */
export async function rejectAppeal(
  { databases, outbox }: Pick<AppealPorts, 'databases' | 'outbox'>,
  caller: Caller,
  id: AppealId,
  reason: string,
): Promise<void> {
  const region = regionOf(id);
  await databases.of(region).transaction(async (tx) => {
    const appeal = await decideAppeal(tx, id, 'rejected', caller.userId);
    if (appeal === undefined) throw new AppError('NOT_FOUND');
    const account = (await findLife(tx, appeal.account_id))!;
    const audit = await noted(tx, account, { change: 'appeal_rejected', by: 'ops', actorId: caller.userId, reason });
    await outbox.append(tx, { audit: [audit] });
  });
}
