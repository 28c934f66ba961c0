import type { AuditEntry } from '#shared/events/event.ts';
import type { AppealId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Tx } from '#shared/sql.ts';
import { type ChangeName, type LifeRow, noteChange } from './store.ts';

type Noted = {
  readonly change: ChangeName;
  readonly by: 'user' | 'ops' | 'system';
  readonly actorId: UserId | null;
  /** What ops wrote; never in the audit entry. */
  readonly reason?: string | undefined;
};

/** Writes down what became of an account, and gives the audit entry of it. */
export async function noted(
  tx: Tx,
  { id, country_code: region }: Pick<LifeRow, 'id' | 'country_code'>,
  { change, by, actorId, reason }: Noted,
): Promise<AuditEntry> {
  const changeId = newId<AppealId>(region);
  await noteChange(tx, { id: changeId, accountId: id, change, by, actor_id: actorId, reason: reason ?? null });
  return {
    actor: actorId ?? 'system',
    action: `auth.account_${change}`,
    subject: id,
    region,
    outcome: 'ok',
    facts: { by },
  };
}
