import type { Caller } from '#shared/caller.ts';
import type { CommercePorts } from './ports.ts';

/** Writes down that ops are shown what is someone's own, before they are. */
export async function seenByOps(
  { databases, outbox }: Pick<CommercePorts, 'databases' | 'outbox'>,
  { userId, role }: Pick<Caller, 'userId' | 'role'>,
  action: 'commerce.order_read' | 'commerce.timeline_read' | 'commerce.shop_read',
  subject: string,
): Promise<void> {
  const audit = { actor: userId, action, subject, region: 'core', outcome: 'ok', facts: { role } } as const;
  await databases.of('core').transaction((tx) => outbox.append(tx, { audit: [audit] }));
}
