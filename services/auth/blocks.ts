import type { Caller } from '#shared/caller.ts';
import { AppError, invalid } from '#shared/errors.ts';
import { BlockChanged, UserReported } from '#shared/events/auth-contacts.ts';
import { happened, type Outbox } from '#shared/events/event.ts';
import { regionOf, type UserId, type UserReportId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Databases } from '#shared/sql.ts';
import { DAY } from '#shared/time.ts';
import { addBlock, addReport, blockersAmong, removeBlock } from './block-store.ts';
import { findPeople } from './people.ts';
import type { Budgets, Contacts } from './ports.ts';

/** People whom one person may block: more than anyone meets, and few enough to count. */
const BLOCKS_MAX = 10_000;
/** Reports of one person in a day: each is read by people. */
const REPORTS = { bucket: 'auth.reports', limit: 20, windowMs: DAY } as const;

export type BlocksPorts = {
  readonly databases: Databases;
  readonly outbox: Outbox;
  readonly budgets: Budgets;
  readonly contacts: Contacts;
  readonly budgetFactor: number;
};

/**
 * Those of `others` who have blocked the user, wherever they are at home; for what asks whether the user may see or
 * reach someone.
 */
export async function blockersOf(databases: Databases, userId: UserId, others: readonly UserId[]): Promise<UserId[]> {
  const byHome = Map.groupBy(new Set(others), (id) => databases.of(regionOf(id)));
  const found = await Promise.all(Array.from(byHome, ([database, ids]) => blockersAmong(database, userId, ids)));
  return found.flat();
}

/**
 * From now on the other one's direct messages are refused as if the caller were not there. Again: changes nothing.
 *
 * @throws {AppError} NOT_FOUND when there is no such user, CONFLICT when the caller has blocked as many as one may
 */
export async function blockUser(ports: BlocksPorts, caller: Caller, other: UserId, reason?: string): Promise<void> {
  await refuseStranger(ports, caller, other);
  await ports.databases.of(caller.country).transaction(async (tx) => {
    const outcome = await addBlock(tx, caller.userId, other, reason, BLOCKS_MAX);
    if (outcome === 'full') throw new AppError('CONFLICT', { message: 'You have blocked too many people' });
    if (outcome === 'added') await ports.outbox.append(tx, told(caller, other, true));
  });
  await ports.contacts.blockChanged(caller.userId, other);
}

/** @throws {AppError} NOT_FOUND when there is no such user */
export async function unblockUser(ports: BlocksPorts, caller: Caller, other: UserId): Promise<void> {
  await refuseStranger(ports, caller, other);
  await ports.databases.of(caller.country).transaction(async (tx) => {
    if (await removeBlock(tx, caller.userId, other)) await ports.outbox.append(tx, told(caller, other, false));
  });
  await ports.contacts.blockChanged(caller.userId, other);
}

/**
 * Says of someone that they behave badly, to those who review it. The reported one never learns by whom.
 *
 * @throws {AppError} NOT_FOUND when there is no such user, RATE_LIMIT_EXCEEDED after 20 reports in a day
 */
export async function reportUser(ports: BlocksPorts, caller: Caller, other: UserId, reason: string): Promise<void> {
  await refuseStranger(ports, caller, other);
  const limit = REPORTS.limit * ports.budgetFactor;
  const spent = await ports.budgets.spend([{ ...REPORTS, limit, key: caller.userId }]);
  if (!spent.allowed) throw new AppError('RATE_LIMIT_EXCEEDED', { retryAfterS: spent.retryAfterS });
  const id = newId<UserReportId>(regionOf(other));
  await ports.databases.of(regionOf(other)).transaction(async (tx) => {
    await addReport(tx, { id, reporter: caller.userId, reported: other, reason });
    await ports.outbox.append(tx, {
      events: [happened(UserReported, other, { report_id: id, reporter_id: caller.userId, reported_id: other })],
      audit: [
        {
          actor: caller.userId,
          action: 'auth.user_reported',
          subject: other,
          region: regionOf(other),
          outcome: 'ok',
          facts: { report_id: id },
        },
      ],
    });
  });
}

async function refuseStranger({ databases }: BlocksPorts, caller: Caller, other: UserId): Promise<void> {
  if (other === caller.userId) throw invalid('id', 'must not be your own');
  if ((await findPeople(databases, [other])).length === 0) throw new AppError('NOT_FOUND');
}

function told({ userId, country: region }: Caller, other: UserId, isBlocked: boolean) {
  const action = isBlocked ? 'auth.user_blocked' : 'auth.user_unblocked';
  return {
    events: [happened(BlockChanged, userId, { blocker_id: userId, blocked_id: other, is_blocked: isBlocked })],
    audit: [{ actor: userId, action, subject: other, region, outcome: 'ok' as const }],
  };
}
