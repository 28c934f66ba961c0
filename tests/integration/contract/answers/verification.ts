import { describe, expect, test } from 'vitest';
import { callNamed } from '../calls.ts';
import { expectFault, expectRefused } from '../refused.ts';
import { type Body, done, expectFields, PATIENCE, type World } from './world.ts';

const STATUS = 'case_id, tier, status, wanted, limits';
const SHOP = 'case_id, status, wanted';
const REVIEW = 'id, case_id, kind, owner_id, country, risk, doubts, votes, votes_needed, waiting_since, due_at';
/** Thai national ids by what the sandbox's registry says of them. */
const NUMBERS = { found: '3100600445635', unclear: '1100400000013', refused: '1100400000200' };

type Wish = { readonly number?: string; readonly name?: string; readonly tier?: number };

function submission({ number = NUMBERS.found, name = 'Somchai Jaidee', tier = 1 }: Wish = {}) {
  return {
    tier,
    full_name: name,
    date_of_birth: '1990-05-17',
    address: { street: '1 Silom', city: 'Bangkok', postal_code: '10500', country: 'TH' },
    documents: [{ type: 'national_id', number, country: 'TH' }],
  };
}

/** The rows of the contract's tables of verification and of reviews. */
export function verificationAnswers(world: () => World): void {
  const person = async () => (await world().seed({ users: 1, balance: '1000.00:THB' }))[0]!;
  const reviewer = async () => (await world().seed({ users: 1, role: 'ops' }))[0]!.access_token;
  const statusOf = (token: string) => done(world(), 'getKycStatus', 200, { token });

  async function reaches(token: string, status: string): Promise<Body> {
    await expect.poll(async () => (await statusOf(token))['status'], PATIENCE).toBe(status);
    return await statusOf(token);
  }

  async function walletOf(token: string): Promise<Body> {
    const { wallets } = (await done(world(), 'listWallets', 200, { token })) as { wallets: Body[] };
    return wallets[0]!;
  }

  const decide = (token: string, id: unknown, body: object) =>
    world().ask(callNamed('decideReview'), { token, params: { id: String(id) }, body: { round: 1, ...body } });

  describe('POST /kyc/submissions and GET /kyc/status', () => {
    test('before anything is submitted, tier 0 and its limits are in force', async () => {
      const { access_token: token } = await person();
      const status = await statusOf(token);
      expectFields(status, STATUS);
      expect(status).toMatchObject({ case_id: null, tier: 0, status: 'none', wanted: [] });
      const limits = status['limits'] as Body[];
      const { daily_limit, monthly_limit } = await walletOf(token);
      expect(limits).toContainEqual({ currency: 'THB', daily_limit, monthly_limit });
    });

    test('a valid number reaches its tier at once, and wallets have its limits', async () => {
      const { access_token: token } = await person();
      const before = await walletOf(token);
      const taken = await done(world(), 'submitKyc', 202, { token, body: submission({ tier: 2 }) });
      expectFields(taken, STATUS);
      expect(taken).toMatchObject({ tier: 0, requested_tier: 2, status: 'pending' });
      const status = await reaches(token, 'verified');
      expect(status).toMatchObject({ case_id: taken['case_id'], tier: 2, wanted: [], reason: null });
      const after = await walletOf(token);
      expect(Number(after['daily_limit'])).toBeGreaterThan(Number(before['daily_limit']));
      const { daily_limit, monthly_limit } = after;
      expect(status['limits']).toContainEqual({ currency: 'THB', daily_limit, monthly_limit });
    });

    test('a number that ends in 00 is refused, and another submission is a new case', async () => {
      const { access_token: token } = await person();
      const taken = await done(world(), 'submitKyc', 202, { token, body: submission({ number: NUMBERS.refused }) });
      expect(await reaches(token, 'rejected')).toMatchObject({ tier: 0, reason: 'registry_refused' });
      const again = await done(world(), 'submitKyc', 202, { token, body: submission() });
      expect(again['case_id']).not.toBe(taken['case_id']);
      await reaches(token, 'verified');
    });

    test('what is wrong is told at its field, and a case in others’ hands takes nothing', async () => {
      const { access_token: token } = await person();
      const wrong = await world().ask(callNamed('submitKyc'), { token, body: submission({ number: '3100600445636' }) });
      expectFault(wrong, 'documents.0.number', 'a wrong check digit');
      await done(world(), 'submitKyc', 202, { token, body: submission({ number: NUMBERS.unclear }) });
      const twice = await world().ask(callNamed('submitKyc'), { token, body: submission() });
      expectRefused(twice, 'CONFLICT', 'a second case');
    });

    test('a case is taken back while it waits for its applicant, at once, and another may be opened', async () => {
      const { access_token: token } = await person();
      const lacking = { ...submission(), documents: [] };
      const { case_id: id } = await done(world(), 'submitKyc', 202, { token, body: lacking });
      await reaches(token, 'action_required');
      const again = await done(world(), 'submitKyc', 202, { token, body: lacking });
      // Under a key, so that the answer is the same each time.
      expect(again).toMatchObject({ case_id: id, status: 'pending' });
      expect(await reaches(token, 'action_required')).toMatchObject({ case_id: id, wanted: ['national_id'] });
      const params = { id: String(id) };
      const gone = await done(world(), 'withdrawKyc', 200, { token, params });
      expectFields(gone, STATUS);
      expect(gone).toMatchObject({ case_id: id, status: 'withdrawn', wanted: [], tier: 0 });
      expect(await done(world(), 'withdrawKyc', 200, { token, params })).toMatchObject({ status: 'withdrawn' });
      const other = await done(world(), 'submitKyc', 202, { token, body: submission() });
      expect(other['case_id']).not.toBe(id);
      await reaches(token, 'verified');
      const late = await world().ask(callNamed('withdrawKyc'), { token, params: { id: String(other['case_id']) } });
      expectRefused(late, 'CONFLICT', 'what is decided');
    });

    test('a source that does not answer decides nothing, and is asked again', async () => {
      for (const target of ['registry', 'screening']) {
        const response = await fetch(`${world().sandboxUrl}/sandbox/faults`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ target, kind: 'error', count: 2 }),
        });
        expect(response.ok).toBe(true);
        const { access_token: token } = await person();
        await done(world(), 'submitKyc', 202, { token, body: submission() });
        expect(await reaches(token, 'verified')).toMatchObject({ tier: 1 });
      }
    });
  });

  describe('GET /ops/reviews and POST /ops/reviews/{id}/decision', () => {
    async function inReview(wish: Wish) {
      const { access_token: token } = await person();
      const { case_id: id } = await done(world(), 'submitKyc', 202, { token, body: submission(wish) });
      await reaches(token, 'in_review');
      return { token, id };
    }

    test('a number that ends in 13 waits for a reviewer, whose word is the last', async () => {
      const [{ token, id }, ops] = [await inReview({ number: NUMBERS.unclear }), await reviewer()];
      const { reviews } = (await done(world(), 'listReviews', 200, { token: ops, query: { limit: '100' } })) as {
        reviews: Body[];
      };
      const review = reviews.find((one) => one['id'] === id);
      expectFields(review, REVIEW);
      expect(review).toMatchObject({ kind: 'kyc', doubts: ['registry_unclear'], votes: [], votes_needed: 1 });
      const detail = await done(world(), 'getReview', 200, { token: ops, params: { id: String(id) } });
      expect(detail).toMatchObject({ name: 'Somchai Jaidee', checks: [{ result: 'unclear' }, { result: 'clear' }] });

      expectRefused(await decide(token, id, { decision: 'approve' }), 'FORBIDDEN', 'the applicant');
      expect((await decide(ops, id, { decision: 'approve', reason: 'Seen in person' })).status).toBe(200);
      expect((await decide(ops, id, { decision: 'approve' })).status).toBe(200);
      expect(await reaches(token, 'verified')).toMatchObject({ tier: 1 });
    });

    test('a file of a document is its owner’s and the reviewers’ to read, and nobody else’s', async () => {
      const [{ access_token: token }, { access_token: other }, ops] = [
        await person(),
        await person(),
        await reviewer(),
      ];
      const headers = { 'content-type': 'application/pdf' };
      const stored = await done(world(), 'uploadMedia', 201, {
        token,
        query: { purpose: 'kyc' },
        body: '%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n',
        headers,
      });
      const body = submission({ number: NUMBERS.unclear });
      const theirs = { ...body, documents: [{ ...body.documents[0]!, media_id: stored['media_id'] }] };
      const stolen = await world().ask(callNamed('submitKyc'), { token: other, body: theirs });
      expectFault(stolen, 'documents.0.media_id', 'a file of someone else');
      const { case_id: id } = await done(world(), 'submitKyc', 202, { token, body: theirs });
      await reaches(token, 'in_review');
      const detail = await done(world(), 'getReview', 200, { token: ops, params: { id: String(id) } });
      expect(detail).toMatchObject({ documents: [{ media_id: stored['media_id'] }] });
      const params = { id: String(stored['media_id']) };
      const read = async (as: string) => (await world().ask(callNamed('getMedia'), { token: as, params })).status;
      expect([await read(token), await read(ops), await read(other)]).toEqual([200, 200, 404]);
    });

    test('a name that contains SANCTIONED takes two of them', async () => {
      const [{ token, id }, ann, ben] = [await inReview({ name: 'Mr SANCTIONED' }), await reviewer(), await reviewer()];
      const first = await decide(ann, id, { decision: 'reject', reason: 'On the list' });
      expect(first.body).toMatchObject({ votes_needed: 2, risk: 'high', status: 'in_review' });
      expect(await statusOf(token)).toMatchObject({ status: 'in_review' });
      await decide(ben, id, { decision: 'reject', reason: 'On the list' });
      expect(await reaches(token, 'rejected')).toMatchObject({ tier: 0, reason: 'On the list' });
    });

    test('who is asked again answers in the same case', async () => {
      const [{ token, id }, ops] = [await inReview({ number: NUMBERS.unclear }), await reviewer()];
      await decide(ops, id, { decision: 'ask_again', wanted: ['national_id'], reason: 'The number is not yours' });
      const asked = await reaches(token, 'action_required');
      expect(asked).toMatchObject({ case_id: id, wanted: ['national_id'], reason: 'The number is not yours' });
      const answered = await done(world(), 'submitKyc', 202, { token, body: submission() });
      expect(answered).toMatchObject({ case_id: id, status: 'pending', wanted: [] });
      await reaches(token, 'verified');
    });
  });

  describe('POST and GET /commerce/shops/{id}/verification', () => {
    const business = (number: string) => ({
      registration_number: number,
      legal_name: 'Lamps Company Limited',
      documents: [{ type: 'business_registration', number, country: 'TH' }],
    });

    test('a shop whose business is found may sell; one that is refused may not, and may try again', async () => {
      const { access_token: token } = await person();
      const { id } = await done(world(), 'openShop', 201, { token, body: { name: 'Lamps' } });
      const params = { id: String(id) };
      const verification = () => done(world(), 'getShopVerification', 200, { token, params });
      expect(await verification()).toMatchObject({ case_id: null, status: 'none' });
      const taken = await done(world(), 'submitShopVerification', 202, {
        token,
        params,
        body: business('0105000000900'),
      });
      expectFields(taken, SHOP);
      await expect.poll(async () => (await verification())['status'], PATIENCE).toBe('rejected');
      expect(await done(world(), 'getShop', 200, { token, params })).toMatchObject({ verification_status: 'rejected' });

      await done(world(), 'submitShopVerification', 202, { token, params, body: business('0994000617721') });
      await expect.poll(async () => (await verification())['status'], PATIENCE).toBe('verified');
      expect(await done(world(), 'getShop', 200, { token, params })).toMatchObject({ verification_status: 'verified' });
      const twice = await world().ask(callNamed('submitShopVerification'), {
        token,
        params,
        body: business('0994000617721'),
      });
      expectRefused(twice, 'CONFLICT', 'a shop that is verified');
    });

    test('the case of a shop is taken back while it waits for its owner, and not under review', async () => {
      const { access_token: token } = await person();
      const { id } = await done(world(), 'openShop', 201, { token, body: { name: 'Lamps' } });
      const params = { id: String(id) };
      const verification = () => done(world(), 'getShopVerification', 200, { token, params });
      const unshown = { ...business('0994000617721'), documents: [] };
      await done(world(), 'submitShopVerification', 202, { token, params, body: unshown });
      await expect.poll(async () => (await verification())['status'], PATIENCE).toBe('action_required');
      const gone = await done(world(), 'withdrawShopVerification', 200, { token, params });
      expectFields(gone, SHOP);
      expect(gone).toMatchObject({ status: 'withdrawn', wanted: [] });

      await done(world(), 'submitShopVerification', 202, { token, params, body: business('0105000000713') });
      await expect.poll(async () => (await verification())['status'], PATIENCE).toBe('in_review');
      const looked = await world().ask(callNamed('withdrawShopVerification'), { token, params });
      expectRefused(looked, 'CONFLICT', 'what a reviewer looks at');
    });

    test('a seeded merchant’s shop is verified, and nobody’s else', async () => {
      const [merchant] = await world().seed({ users: 1, role: 'merchant' });
      const [token, params] = [merchant!.access_token, { id: merchant!.shop_id! }];
      expect(await done(world(), 'getShopVerification', 200, { token, params })).toMatchObject({ status: 'verified' });
      const { access_token: other } = await person();
      const theirs = await world().ask(callNamed('getShopVerification'), { token: other, params });
      expectRefused(theirs, 'NOT_FOUND', 'someone else’s');
    });
  });
}
