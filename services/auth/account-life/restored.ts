import { AccountRestored } from '#shared/events/account-life.ts';
import { happened, type Outbox } from '#shared/events/event.ts';
import type { Tx } from '#shared/sql.ts';
import { type Guess, judgeProof, type ProofOutcome } from '../login-store.ts';
import { actAs } from '#shared/act-as.ts';
import { cancelled } from '../privacy/cancelled.ts';
import { cancelErasure } from '../privacy/store.ts';
import { noted } from './note.ts';
import { holdNumber, holdSuspendedRestorable, type LifeRow, moveAccount } from './store.ts';

/** Tells that a login has brought a deleted account back, in the transaction of the login: its erasure is called off. */
export async function tellRestored(
  outbox: Outbox,
  tx: Tx,
  account: Pick<LifeRow, 'id' | 'country_code'>,
  isSuspended = false,
): Promise<void> {
  const { id, country_code: country } = account;
  await actAs(tx, id);
  const erasure = await cancelErasure(tx, id);
  const audit = await noted(tx, account, { change: 'restored', by: 'user', actorId: id });
  const restored = happened(AccountRestored, id, { user_id: id, country, is_suspended: isSuspended });
  await outbox.append(tx, { events: [restored, ...cancelled(erasure, country)], audit: [audit] });
}

/**
 * Brings an account back that was suspended while it was deleted, which is to be suspended again, and opens no session.
 * The code is spent, as that of a login to a suspended account is.
 *
 * @returns `refused`, or what is wrong with the code; undefined where there is no such account, and no code was looked at
 */
export async function bringBackSuspended(
  outbox: Outbox,
  tx: Tx,
  guess: Guess,
): Promise<Exclude<ProofOutcome, 'ok'> | undefined> {
  await holdNumber(tx, guess.phoneNumber);
  const account = await holdSuspendedRestorable(tx, guess.phoneNumber);
  if (account === undefined) return undefined;
  const outcome = await judgeProof(tx, guess);
  if (outcome !== 'ok') return outcome;
  await moveAccount(tx, account.id, { to: 'suspended' });
  await tellRestored(outbox, tx, account, true);
  return 'refused';
}
