import { expect, test } from 'vitest';
import type { CaseId } from '#shared/ids.ts';
import { tell } from '#tests/integration/messaging/events-told.ts';
import { makeLiveUpdates } from '#workers/consumers/live-updates.ts';
import { check, NUMBERS, openDesk, someone, submission } from './open-verification.ts';

test('each step of a case is told to its applicant alone, as the case is now', async () => {
  await using desk = await openDesk();
  const { verification } = desk;
  const owner = someone();
  const { case_id: id } = await verification.applyForTier(owner, submission({ number: NUMBERS.unclear }), undefined);
  await check(verification, id as CaseId);
  await verification.decideReview(someone('ops'), id as CaseId, { decision: 'approve', round: 1 });
  await verification.story.grant(id as CaseId);
  await verification.story.close(id as CaseId);

  const told: (readonly [readonly string[], string, object])[] = [];
  const none = () => Promise.reject(new Error('nothing of this was done'));
  const consumer = makeLiveUpdates({
    orderFor: none,
    transactionFor: none,
    walletFor: none,
    moneyRequestFor: none,
    caseFor: verification.statusOfCase,
    emitToUsers: (users, event, data) => told.push([users, event, data]),
  });
  await tell(desk.db.database, consumer);
  expect(told.map(([users, event, data]) => [users, event, (data as { step: string }).step])).toEqual(
    ['submitted', 'review', 'decided', 'verified'].map((step) => [[owner.userId], 'kyc:updated', step]),
  );
  const { step: _, ...latest } = told.at(-1)![2] as { step: string };
  expect(latest).toEqual(await verification.getKycStatus(owner));
});
