import { AppError } from '#shared/errors.ts';
import { ErasureRequested } from '#shared/events/account-life.ts';
import { happened, type NewEvent } from '#shared/events/event.ts';
import type { PrivacyRequestId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Country } from '#shared/regions.ts';
import type { Tx } from '#shared/sql.ts';
import type { PrivacyPorts } from './ports.ts';
import { expectedHeld } from './rules.ts';
import { insertRequest, type RequestOrigin, type RequestRow } from './store.ts';

type Asked = {
  readonly userId: UserId;
  readonly country: Country;
  readonly origin: RequestOrigin;
  readonly at: Date;
  /** How long it can be taken back, in milliseconds. */
  readonly graceMs: number;
};

/**
 * Writes an erasure down and gives the event that starts its workflow.
 *
 * @throws {AppError} CONFLICT when one is under way
 */
export async function askForErasure(
  { times }: Pick<PrivacyPorts, 'times'>,
  tx: Tx,
  { userId, country, origin, at, graceMs }: Asked,
): Promise<{ readonly request: RequestRow; readonly events: readonly NewEvent[] }> {
  const id = newId<PrivacyRequestId>(country);
  const startsAt = new Date(at.getTime() + graceMs);
  const held = expectedHeld(startsAt, country);
  const request = await insertRequest(tx, { id, userId, kind: 'erasure', origin, at, startsAt, held });
  if (request === undefined) throw new AppError('CONFLICT', { message: 'An erasure is under way' });
  const requested = happened(ErasureRequested, id, {
    request_id: id,
    user_id: userId,
    country,
    erase_at: startsAt.toISOString(),
    ask_again_after_ms: times.askAgainAfterMs,
  });
  return { request, events: [requested] };
}
