import type { StoredEvent } from '#shared/events/event.ts';
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
