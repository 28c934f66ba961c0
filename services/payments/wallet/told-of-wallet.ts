import { happened } from '#shared/events/event.ts';
import { WalletUpdated } from '#shared/events/payments.ts';
import { audited } from '../told.ts';
import type { WalletFacts } from './life-store.ts';

type Step = 'frozen' | 'unfrozen' | 'closed' | 'made_primary';

/** What is told of a wallet that has just taken a step. `wallet` is as it stands after it. */
export function toldOfWallet(
  wallet: Pick<WalletFacts, 'id' | 'user_id' | 'currency' | 'status'>,
  step: Step,
  actor: string,
) {
  const { id, user_id, currency, status } = wallet;
  return {
    events: [happened(WalletUpdated, id, { wallet_id: id, user_id, currency, status, step })],
    audit: [audited({ actor, action: `payments.wallet_${step}`, subject: id, facts: { currency } })],
  };
}
