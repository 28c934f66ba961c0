import { randomInt } from 'node:crypto';
import { TchatClient } from '#client/tchat-client.ts';
import { GetKycStatus, SubmitKyc } from '#shared/contracts/verification/kyc.ts';
import { DecideReview, GetReview } from '#shared/contracts/verification/reviews.ts';
import type { SeededUser } from '#tests/harness/seed.ts';
import { HOUR, SECOND } from '#shared/time.ts';
import { until } from '../patience.ts';
import { mustBe, type Teller } from '../teller.ts';
import type { Person, World } from '../world.ts';

const TIER = 2;
const REVIEWER = 'Mali';

/** Someone proves who they are; what the registry cannot tell, a reviewer decides, and the limits of the wallet rise. */
export async function prove(world: World, tell: Teller, nok: Person, reviewer: SeededUser): Promise<void> {
  tell.chapter('Proving who one is');
  const steps: string[] = [];
  const unlisten = nok.client.on('kyc:updated', ({ step }) => void steps.push(step));
  const { body: before } = await nok.client.call(GetKycStatus, {});
  tell.does(nok.name, `is at tier ${before.tier}: up to ${dayLimit(before.limits)} THB a day`);
  const { body: taken } = await nok.client.call(SubmitKyc, {
    body: {
      tier: TIER,
      full_name: 'Nok Jaidee',
      date_of_birth: '1994-02-11',
      address: { street: '1 Silom', city: 'Bangkok', postal_code: '10500', country: 'TH' },
      documents: [{ type: 'national_id', number: unclearNumber(), country: 'TH' }],
    },
  });
  const caseId = taken.case_id!;
  tell.does(nok.name, `asks for tier ${TIER} with a national id: ${taken.status}`);
  await reaches(nok, 'in_review');
  tell.shows('the registry cannot tell, so the case waits for a reviewer, for weeks if need be');

  const tokens = { ...reviewer, expires_in: HOUR / SECOND };
  const staff = new TchatClient({ baseUrls: [world.gatewayUrl], socketUrls: [world.gatewayUrl], tokens });
  try {
    const params = { id: caseId };
    const { body: review } = await staff.call(GetReview, { params });
    mustBe(review.doubts.join(), 'registry_unclear', 'why a person must look');
    tell.does(REVIEWER, `reads round ${review.round} of the case, which is audited, and approves`);
    await staff.call(DecideReview, { params, body: { decision: 'approve', round: review.round } });
  } finally {
    staff.close();
  }

  const after = await reaches(nok, 'verified');
  mustBe(after.tier, TIER, 'the tier');
  await until('every step was told live', async () => steps.includes('verified') || undefined);
  tell.does(nok.name, `hears ${steps.join(', ')}`);
  tell.shows(`tier ${after.tier}: up to ${dayLimit(after.limits)} THB a day`);
  tell.link('workflow', world.workflowUrl(`kyc-${caseId}`));
  unlisten();
}

async function reaches({ client }: Person, status: string) {
  return await until(`the case is ${status}`, async () => {
    const { body } = await client.call(GetKycStatus, {});
    return body.status === status ? body : undefined;
  });
}

function dayLimit(limits: readonly { readonly currency: string; readonly daily_limit: string }[]): string {
  return limits.find(({ currency }) => currency === 'THB')?.daily_limit ?? 'nothing';
}

/** A Thai national id with the right check digit which ends in 13, so that the sandbox's registry cannot tell. */
function unclearNumber(): string {
  for (;;) {
    const digits = `${1 + randomInt(8)}${String(randomInt(1e10)).padStart(10, '0')}1`;
    const sum = Array.from(digits, Number).reduce((total, digit, at) => total + digit * (13 - at), 0);
    if ((11 - (sum % 11)) % 10 === 3) return `${digits}3`;
  }
}
