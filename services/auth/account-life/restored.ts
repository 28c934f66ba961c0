import { AccountRestored } from '#shared/events/account-life.ts';
import { happened, type Outbox } from '#shared/events/event.ts';
import type { Tx } from '#shared/sql.ts';
import { actAs } from '../privacy/act-as.ts';
import { cancelled } from '../privacy/cancelled.ts';
import { cancelErasure } from '../privacy/store.ts';
import { noted } from './note.ts';
import type { LifeRow } from './store.ts';

/** Tells that a login has brought a deleted account back, in the transaction of the login: its erasure is called off. */
export async function tellRestored(
  outbox: Outbox,
  tx: Tx,
  account: Pick<LifeRow, 'id' | 'country_code'>,
): Promise<void> {
  const { id, country_code: country } = account;
  await actAs(tx, id);
  const erasure = await cancelErasure(tx, id);
  const audit = await noted(tx, account, { change: 'restored', by: 'user', actorId: id });
  const restored = happened(AccountRestored, id, { user_id: id, country });
  await outbox.append(tx, { events: [restored, ...cancelled(erasure, country)], audit: [audit] });
}
