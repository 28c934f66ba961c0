import type { z } from 'zod';
import type { Caller } from '#shared/caller.ts';
import type { ListReviews, Review, ReviewDetail } from '#shared/contracts/verification/reviews.ts';
import { AppError } from '#shared/errors.ts';
import { encodeCursor, momentAfter } from '#shared/http/paging.ts';
import { CaseId, regionOf } from '#shared/ids.ts';
import type { VerificationPorts } from './ports.ts';
import { homeOf, readCase, readSubmission } from './read-case.ts';
import type { CaseRow } from './store/cases.ts';
import { reviewQueue } from './store/queue.ts';
import { checksOf } from './store/submissions.ts';
import { type VoteRow, votesOf } from './store/votes.ts';
import { audited } from './told.ts';
import { reviewView } from './views.ts';

type Query = z.output<(typeof ListReviews)['query']>;

/**
 * The queue of all regions, the longest waiting first. Who looked at it, and how, is written down.
 *
 * @throws {AppError} VALIDATION_ERROR for a cursor that is not ours
 */
export function makeListReviews({
  databases,
  outbox,
  clock,
}: Pick<VerificationPorts, 'databases' | 'outbox' | 'clock'>) {
  return async (caller: Caller, query: Query): Promise<{ reviews: Review[]; next_cursor: string | null }> => {
    const after = momentAfter(query.cursor, CaseId);
    const { kind, country, risk } = query;
    const filter = { kind, country, risk, dueBefore: query.overdue === 'true' ? clock() : undefined };
    const pages = await Promise.all(
      databases.all.map((database) => reviewQueue(database, after, filter, query.limit + 1)),
    );
    const rows = pages.flat().toSorted(byWaiting);
    const shown = rows.slice(0, query.limit);
    const votes = await votesByCase({ databases }, shown);
    const last = shown.at(-1);
    const facts = { role: caller.role, shown: shown.length, ...definedOf({ kind, country, risk }) };
    const entry = { actor: caller.userId, action: 'verification.reviews_listed', subject: 'reviews', facts } as const;
    await databases
      .of(caller.country)
      .transaction((tx) => outbox.append(tx, { audit: [{ ...entry, region: caller.country, outcome: 'ok' }] }));
    return {
      reviews: shown.map((row) => reviewView(row, votes.get(row.id) ?? [])),
      next_cursor: rows.length > query.limit && last !== undefined ? placeOf(last) : null,
    };
  };
}

/** The filters that were given. */
function definedOf(filters: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const given = Object.entries(filters).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return Object.fromEntries(given);
}

function byWaiting(one: CaseRow, other: CaseRow): number {
  return one.waiting_since!.getTime() - other.waiting_since!.getTime() || one.id.localeCompare(other.id);
}

async function votesByCase(
  { databases }: Pick<VerificationPorts, 'databases'>,
  rows: readonly CaseRow[],
): Promise<Map<CaseId, VoteRow[]>> {
  const byHome = Map.groupBy(rows, ({ id }) => databases.of(regionOf(id)));
  const votes = await Promise.all([...byHome].map(([home, cases]) => votesOf(home, cases)));
  return Map.groupBy(votes.flat(), (vote) => vote.case_id);
}

function placeOf({ waiting_since: since, id }: CaseRow): string {
  return encodeCursor([since!.getTime(), id]);
}

/**
 * What the applicant of a case has submitted. Each reading is written down before it is answered.
 *
 * @throws {AppError} NOT_FOUND for no case, or one whose submissions were erased; FORBIDDEN for one's own
 */
export function makeReadReview(ports: VerificationPorts) {
  return async (caller: Caller, id: CaseId): Promise<ReviewDetail> => {
    const row = await readCase(ports, id);
    await refuseOwn(ports, caller, row, 'details_read');
    const home = homeOf(ports, id);
    const [submission, checks, votes] = await Promise.all([
      readSubmission(ports, row, 'staff'),
      checksOf(home, id, row.submission),
      votesOf(home, [row]),
    ]);
    const entry = audited(row, 'details_read', { role: caller.role, ownerId: row.owner_id }, caller.userId);
    await home.transaction((tx) => ports.outbox.append(tx, { audit: [entry] }));
    return {
      ...reviewView(row, votes),
      name: submission.name,
      date_of_birth: submission.dateOfBirth ?? null,
      registration_number: submission.registrationNumber ?? null,
      address: submission.address ?? null,
      documents: [...submission.documents],
      checks: checks.map(({ source, result, checked_at }) => ({
        source,
        result,
        checked_at: checked_at.toISOString(),
      })),
    };
  };
}

/** Nobody looks at, or decides, what is about themselves; the try is written down. @throws {AppError} FORBIDDEN */
export async function refuseOwn(
  ports: Pick<VerificationPorts, 'databases' | 'outbox'>,
  { userId }: Caller,
  row: CaseRow,
  action: string,
): Promise<void> {
  if (row.owner_id !== userId) return;
  const entry = audited(row, action, { own: true }, userId, 'refused');
  await homeOf(ports, row.id).transaction((tx) => ports.outbox.append(tx, { audit: [entry] }));
  throw new AppError('FORBIDDEN', { message: 'This case is about you: someone else must look at it' });
}
