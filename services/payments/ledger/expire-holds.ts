import type { PaymentsPorts } from '../ports.ts';
import { audited } from '../told.ts';
import { holdsDue, voidHold } from './hold.ts';

/** Holds that one sweep ends: each is a transaction of a millisecond or two. */
const A_SWEEP_MAX = 200;

/** Lets go of holds whose time is over. Several processes may sweep at once: each hold ends once. */
export function makeExpireHolds({ databases, clock, outbox }: Pick<PaymentsPorts, 'databases' | 'clock' | 'outbox'>) {
  const core = databases.of('core');
  /** @returns how many it ended */
  return async (): Promise<number> => {
    let ended = 0;
    for (const id of await holdsDue(core, clock(), A_SWEEP_MAX)) {
      const outcome = await core.transaction(async (tx) => {
        const outcome = await voidHold(tx, id, { as: 'expired', at: clock() });
        const entry = audited({ actor: 'system', action: 'payments.hold_expired', subject: id });
        if (outcome === 'done') await outbox.append(tx, { audit: [entry] });
        return outcome;
      });
      if (outcome === 'done') ended += 1;
    }
    return ended;
  };
}
