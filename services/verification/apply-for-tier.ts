import type { Caller } from '#shared/caller.ts';
import type { KycStatus, KycSubmission } from '#shared/contracts/verification/kyc.ts';
import { AppError } from '#shared/errors.ts';
import type { IdempotencyKey } from '#shared/http/call.ts';
import { acceptSubmission, keepFiles } from './accept-submission.ts';
import { prepareCase } from './open-case.ts';
import type { VerificationPorts } from './ports.ts';
import { dayOf } from './rules.ts';
import { type CaseRow, latestCase } from './store/cases.ts';
import { findStanding } from './store/standings.ts';
import { answersAtOnce } from './tell-story.ts';
import { kycView } from './views.ts';

/**
 * Asks for a tier, or answers what a case still wants; then it is told at once if that was not all.
 *
 * @throws {AppError} VALIDATION_ERROR at each field that is wrong, CONFLICT while a case is in others' hands, or when the
 *   tier is reached already and nothing that it rests on expires
 */
export function makeApplyForTier(ports: VerificationPorts) {
  const { databases, idempotency, clock } = ports;
  const getStatus = makeGetKycStatus(ports);
  return async (caller: Caller, body: KycSubmission, key: IdempotencyKey | undefined): Promise<KycStatus> => {
    const words = { name: body.full_name, dateOfBirth: body.date_of_birth };
    const withAddress = body.address === undefined ? words : { ...words, address: body.address };
    const submission = acceptSubmission(withAddress, body.documents, dayOf(clock()));
    const mediaIds = await keepFiles(ports, caller.userId, submission.documents);
    const write = await prepareCase(ports, {
      caller,
      subject: { kind: 'kyc', userId: caller.userId },
      country: caller.country,
      tier: body.tier,
      submission,
      mediaIds,
    });
    let taken: CaseRow | undefined;
    const reply = await databases.of(caller.country).transaction((tx) =>
      idempotency.run(tx, { userId: caller.userId, call: 'submitKyc', key }, async () => {
        const tier = (await findStanding(tx, caller.userId))?.tier ?? 0;
        taken = await write(tx, async (latest) => refuseUnneeded(latest, tier, body.tier));
        return { status: 202, body: kycView(taken, tier, { country: caller.country, limitsOf: ports.limitsOf }) };
      }),
    );
    return (await answersAtOnce(ports, taken, key)) ? await getStatus(caller) : reply.body;
  };
}

/** A tier is asked for once, and again when what it rests on is going to expire. */
function refuseUnneeded(latest: CaseRow | undefined, reached: number, wanted: number): void {
  if (wanted > reached) return;
  const expires = latest?.state === 'verified' && latest.tier === wanted && latest.expires_on !== null;
  if (!expires) throw new AppError('CONFLICT', { details: `You have reached tier ${reached} already` });
}

/** How far the caller is verified. Read from the case's row: it needs neither the workflow nor Temporal. */
export function makeGetKycStatus({ databases, limitsOf }: Pick<VerificationPorts, 'databases' | 'limitsOf'>) {
  return async ({ userId, country }: Pick<Caller, 'userId' | 'country'>): Promise<KycStatus> => {
    const home = databases.of(country);
    const [row, standing] = await Promise.all([latestCase(home, { kind: 'kyc', userId }), findStanding(home, userId)]);
    return kycView(row, standing?.tier ?? 0, { country, limitsOf });
  };
}
