import type { TransactionId, UserId } from '#shared/ids.ts';
import type { Money } from '#shared/money.ts';
import type { Country } from '#shared/regions.ts';
import { type Sql, statement, type Tx } from '#shared/sql.ts';
import type { PaymentsPorts } from '../ports.ts';
import { audited } from '../told.ts';
import { isAllowed, raiseAlerts } from './alert-store.ts';
import { VelocityRefusal } from './judge-movements.ts';
import { assertMayMove } from './may-move.ts';
import { GATHERING, isGathered, weightOf } from './velocity-rules.ts';

type Ports = Pick<PaymentsPorts, 'outbox' | 'velocityRules' | 'ruleMeters'>;

/** More deposits than these within a day tell nothing new. */
const DEPOSITS_MAX = 100;

const DEPOSITS = statement(
  'payments.recent-deposits',
  `SELECT deposit.amount AS minor, deposit.currency FROM payments.transactions AS deposit
   WHERE deposit.user_id = $1 AND deposit.created_at > $2 AND deposit.type = 'deposit' AND deposit.status = 'completed'
   ORDER BY deposit.created_at DESC LIMIT ${DEPOSITS_MAX}`,
);

/** Completed deposits since a moment, by weight: what came in one currency may be exchanged and leave in another. */
async function depositsSince(sql: Sql, userId: UserId, since: Date): Promise<bigint[]> {
  return (await sql.rows<Money>(DEPOSITS, [userId, since])).map(weightOf);
}

/**
 * Lets a withdrawal pass, or throws what its owner is told: the rules of every movement, and that it does not take out at
 * once what many small deposits have brought within a day, unless ops allow it.
 *
 * Call it before the ledger is posted to.
 *
 * @throws {AppError} LIMIT_EXCEEDED; CONFLICT when the owner is barred
 */
export async function assertMayWithdraw(ports: Ports, tx: Tx, userId: UserId, money: Money, at: Date): Promise<void> {
  await assertMayMove(ports, tx, { userId, payeeId: undefined, money, isNewPayee: false }, at);
  const deposits = await depositsSince(tx, userId, new Date(at.getTime() - GATHERING.withinMs));
  if (!isGathered(weightOf(money), deposits) || (await isAllowed(tx, userId, GATHERING.name, at))) return;
  throw new VelocityRefusal(userId, [GATHERING.name], 'This withdrawal has to be looked at first; try again later');
}

/** The rule of names that money is sent to outside. */
const DESTINATION_LISTED = 'destination_listed';

/** Where a withdrawal is to go. */
export type Destination = {
  readonly reference: TransactionId;
  readonly userId: UserId;
  readonly name: string;
  readonly country: Country;
};

/**
 * Whether money may go to an account of this name. A hit is put on the list of ops; whoever asked hears only that it failed.
 *
 * @throws {AppError} UPSTREAM_UNAVAILABLE while the lists cannot be searched: nothing leaves then, and it is asked again
 */
export async function screenDestination(
  { databases, outbox, parties, ruleMeters, clock }: Ports & Pick<PaymentsPorts, 'databases' | 'parties' | 'clock'>,
  { reference, userId, name, country }: Destination,
): Promise<'clear' | 'hit'> {
  const result = await parties.screenParty({ reference, name, country });
  if (result === 'hit') ruleMeters.overRule(DESTINATION_LISTED, 'refused');
  await databases.of('core').transaction(async (tx) => {
    if (result === 'hit') await raiseAlerts(tx, userId, [DESTINATION_LISTED], 'refused', clock());
    const entry = { actor: 'withdrawal', action: 'payments.destination_screened', subject: reference } as const;
    await outbox.append(tx, { audit: [audited({ ...entry, facts: { result } }, result === 'hit' ? 'refused' : 'ok')] });
  });
  return result;
}
