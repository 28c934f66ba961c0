import type { Consumer } from '#shared/events/bus.ts';
import type { Publisher } from './publisher.ts';
import { rowOf } from './record.ts';

/** The name under which events are set aside that Kafka did not take. */
export const RELAY = 'kafka-relay';

/**
 * Publishes what Kafka had refused once more, when a replay is asked for: the topic may take larger events by now. What it
 * refuses again waits again. It comes after what was published meanwhile, and consumers know it should it come twice.
 *
 * @param publisher of its own: one call at a time
 */
export function refusedByKafka(publisher: Pick<Publisher, 'publish'>): Consumer {
  return {
    group: RELAY,
    types: [],
    handle: (events) => publisher.publish(events.map((event) => rowOf({ event, logOffset: undefined }))),
  };
}
