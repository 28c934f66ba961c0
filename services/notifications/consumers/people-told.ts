import type { Create } from '../create/create.ts';
import type { Mapping } from '../from-events/mapping.ts';
import type { Consumer } from '#shared/events/bus.ts';

/** Tells people of what concerns them: each domain's events by its own mapping, in the transaction of the group's place. */
export function makePeopleTold(create: Create, mappings: readonly Mapping[]): Consumer {
  const byType = new Map<string, Mapping[]>();
  for (const mapping of mappings) {
    for (const type of mapping.types) byType.set(type, [...(byType.get(type) ?? []), mapping]);
  }
  return {
    group: 'people-told',
    types: [...byType.keys()],
    handle: async (events, tx) => {
      const wanted = events.flatMap((event) =>
        (byType.get(event.type) ?? []).flatMap((mapping) =>
          mapping.wanted(event).map((one) => ({ happenedAt: event.occurredAt, ...one })),
        ),
      );
      if (wanted.length > 0) await create(wanted, { tx });
    },
  };
}
