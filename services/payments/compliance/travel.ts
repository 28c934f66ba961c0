import type { Caller } from '#shared/caller.ts';
import type { TravelRecord } from '#shared/contracts/payments/travel.ts';
import { AppError } from '#shared/errors.ts';
import type { CaseId, TransactionId, UserId } from '#shared/ids.ts';
import type { Money } from '#shared/money.ts';
import type { PaymentsPorts, Person } from '../ports.ts';
import { audited } from '../told.ts';
import { decimalOf } from '../wire.ts';
import { travelRule } from './travel-rule.ts';
import { findTravelRecord, type TravelRow } from './travel-store.ts';

/** What must be kept with a transfer; it has its id and its moment once it is posted. */
export type TravelFacts = Omit<TravelRow, 'transaction_id' | 'recorded_at'>;

/** A transfer that a rule may want kept with its parties. */
type Crossing = { readonly sender: Person; readonly recipient: Person; readonly money: Money; readonly at: Date };

/**
 * What has to be kept with each of many transfers, in their order; undefined where nothing has. Cases are asked for in one
 * call, and only where a border is crossed with a sum that counts.
 *
 * A sender who is not identified is refused: originator information that we do not have cannot travel.
 */
export async function travelOf(
  { parties }: Pick<PaymentsPorts, 'parties'>,
  crossings: readonly (Crossing | undefined)[],
): Promise<readonly (TravelFacts | AppError | undefined)[]> {
  const rules = crossings.map(
    (one) => one && travelRule(one.sender, one.recipient, one.money, one.at.toISOString().slice(0, 10)),
  );
  const ids = crossings.flatMap((one, place) =>
    one === undefined || rules[place] === undefined ? [] : [one.sender.id, one.recipient.id],
  );
  const cases: ReadonlyMap<UserId, CaseId> = ids.length === 0 ? new Map() : await parties.casesOf(ids);
  return crossings.map((one, place) => {
    const rule = rules[place];
    if (one === undefined || rule === undefined) return undefined;
    const { sender, recipient, money } = one;
    if (sender.kycTier < 1) {
      return new AppError('LIMIT_EXCEEDED', {
        details: `To send ${decimalOf(money.minor, money.currency)} ${money.currency} abroad verify your identity first`,
      });
    }
    return {
      rule,
      currency: money.currency,
      amount: money.minor,
      originator_id: sender.id,
      originator_country: sender.country,
      originator_tier: sender.kycTier,
      originator_case_id: cases.get(sender.id) ?? null,
      beneficiary_id: recipient.id,
      beneficiary_country: recipient.country,
      beneficiary_tier: recipient.kycTier,
      beneficiary_case_id: cases.get(recipient.id) ?? null,
    };
  });
}

/**
 * Who sent what to whom across a border, for ops and auditors. Each reading is audited before it is answered.
 *
 * @throws {AppError} NOT_FOUND for a transfer that nothing had to be kept of
 */
export function makeReadTravelRecord({ databases, outbox }: Pick<PaymentsPorts, 'databases' | 'outbox'>) {
  const core = databases.of('core');
  return async ({ userId }: Caller, id: TransactionId): Promise<TravelRecord> => {
    const row = await findTravelRecord(core, id);
    if (row === undefined) throw new AppError('NOT_FOUND', { message: 'Nothing had to be kept of such a transfer' });
    const read = audited({ actor: userId, action: 'payments.travel_record_read', subject: id });
    await core.transaction((tx) => outbox.append(tx, { audit: [read] }));
    return {
      transaction_id: row.transaction_id,
      rule: row.rule,
      amount: decimalOf(row.amount, row.currency),
      currency: row.currency,
      originator: {
        user_id: row.originator_id,
        country: row.originator_country,
        kyc_tier: row.originator_tier,
        case_id: row.originator_case_id,
      },
      beneficiary: {
        user_id: row.beneficiary_id,
        country: row.beneficiary_country,
        kyc_tier: row.beneficiary_tier,
        case_id: row.beneficiary_case_id,
      },
      recorded_at: row.recorded_at.toISOString(),
    };
  };
}
