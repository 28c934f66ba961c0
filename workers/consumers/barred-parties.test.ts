import { expect, test } from 'vitest';
import { CaseChanged, ListHitChanged } from '#shared/events/verification.ts';
import { happened, type NewEvent } from '#shared/events/event.ts';
import type { CaseId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { makeBarredParties } from './barred-parties.ts';

const owner_id = newId<UserId>('TH');
const case_id = newId<CaseId>('TH');
const stored = (event: NewEvent) => ({ ...event, id: newId<CaseId>('TH'), occurredAt: new Date() });

test('every step of a case and every hit has the copy made anew, whoever it is about', async () => {
  const copied: [UserId, string][] = [];
  const { handle } = makeBarredParties({ copyParty: async (...of) => void copied.push(of) });
  const step = { case_id, kind: 'kyc', owner_id, shop_id: null, status: 'in_review', step: 'review' } as const;
  await handle(
    [
      stored(happened(CaseChanged, case_id, step)),
      stored(happened(ListHitChanged, case_id, { case_id, owner_id, outcome: 'found' })),
    ],
    undefined as never,
  );
  expect(copied).toEqual([
    [owner_id, case_id],
    [owner_id, case_id],
  ]);
});
