import type { StoredEvent } from '#shared/events/event.ts';
import type { UserId } from '#shared/ids.ts';
import type { Wanted } from '../create/wanted.ts';

/** What people are told of the events of a domain. */
export type Mapping = {
  readonly types: readonly string[];
  /** Nothing for an event that nobody needs to hear of. */
  readonly wanted: (event: StoredEvent) => readonly Wanted[];
};

/** When it happened, as templates take it. */
export function momentOf({ occurredAt }: StoredEvent): string {
  return occurredAt.toISOString();
}

/** Tells someone of an event, by a template of one group: `what` is the rest of its name. */
export type Tells = (
  event: StoredEvent,
  recipientId: UserId,
  what: string,
  variables?: Readonly<Record<string, unknown>>,
  data?: Readonly<Record<string, string>>,
) => Wanted;

/** How the events of a domain are told, whichever they are. */
export function tellsOf(group: string, how: Pick<Wanted, 'channel' | 'priority'>): Tells {
  return (event, recipientId, what, variables = {}, data = {}) => ({
    recipientId,
    originId: event.id,
    template: `${group}.${what}`,
    variables,
    data,
    ...how,
  });
}
