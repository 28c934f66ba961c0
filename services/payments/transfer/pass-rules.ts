import type { AppError } from '#shared/errors.ts';
import type { Tx } from '#shared/sql.ts';
import { giveBackMovements, judgeMovements, type Movement, movementRefusal } from '../compliance/judge-movements.ts';
import { tellFlagged } from '../compliance/may-move.ts';
import type { PaymentsPorts } from '../ports.ts';
import type { AskedTransfer } from './asked.ts';
import type { Judged } from './judge.ts';

/** A transfer that may be posted. */
export type Passed = { readonly one: AskedTransfer; readonly judged: Judged };

type Ports = Pick<PaymentsPorts, 'outbox' | 'velocityRules' | 'ruleMeters'>;

export type RulesPassed = {
  readonly passed: readonly Passed[];
  readonly refused: readonly (readonly [AskedTransfer, AppError])[];
};

/** Judges transfers by the rules against crime, and counts those that pass. */
export async function passRules(ports: Ports, tx: Tx, asked: readonly Passed[]): Promise<RulesPassed> {
  if (asked.length === 0) return { passed: [], refused: [] };
  const at = asked.at(-1)!.one.at;
  const movements = asked.map(movementOf);
  const judgements = await judgeMovements(tx, movements, at, ports.velocityRules);
  const passed: Passed[] = [];
  const refused: [AskedTransfer, AppError][] = [];
  for (const [place, judgement] of judgements.entries()) {
    const [each, movement] = [asked[place]!, movements[place]!];
    const refusal = movementRefusal(judgement, movement.userId);
    if (refusal === undefined) passed.push(each);
    else refused.push([each.one, refusal]);
    if (judgement.verdict === 'flagged') await tellFlagged(ports, tx, movement, judgement.rules, at);
  }
  return { passed, refused };
}

/** Counts those out again that the ledger refused in the end. */
export async function takeBack(tx: Tx, refused: readonly Passed[]): Promise<void> {
  await giveBackMovements(tx, refused.map(movementOf));
}

function movementOf({ one: { caller, asked }, judged }: Passed): Movement {
  return {
    userId: caller.userId,
    payeeId: asked.recipientId,
    money: asked.money,
    isNewPayee: judged.isNewPayee,
  };
}
