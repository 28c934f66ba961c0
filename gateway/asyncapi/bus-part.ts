import { EVENT_DOMAINS } from '#shared/events/catalogue.ts';
import type { EventKind } from '#shared/events/event.ts';
import { eventSchema, type JsonSchema, versionsOf } from '#shared/events/schemas.ts';
import { channelOf, type Message, messageOn, type Part } from './part.ts';

const HEADERS = 'EventHeaders';

/** The headers of every event on Kafka; its key is the aggregate's id. */
const EVENT_HEADERS: JsonSchema = {
  type: 'object',
  description: 'The key of the record is the id of the entity that it happened to: events of one come in their order.',
  required: ['event_id', 'type', 'version', 'occurred_at'],
  properties: {
    event_id: { type: 'string', format: 'uuid', description: 'An event may come twice: pass over one that you know.' },
    type: { type: 'string', description: 'Which event it is; the same as the name of its message.' },
    version: { type: 'string', pattern: '^[1-9][0-9]*$', description: 'Which of its schemas the data keep to.' },
    occurred_at: { type: 'string', format: 'date-time', description: 'UTC, by the clock of the database.' },
  },
};

/** The event bus: a topic for each domain, a message for each version of an event. */
export function busPart(topicPrefix: string): Part {
  const domains = [...EVENT_DOMAINS].map(([domain, kinds]) => ({ domain, messages: kinds.flatMap(messagesOf) }));
  return {
    channels: Object.fromEntries(
      domains.map(({ domain, messages }) => [
        domain,
        channelOf(
          {
            address: `${topicPrefix}.${domain}`,
            title: `Events of ${domain}`,
            description: 'A Kafka topic. Where several databases publish, the name of each stands before the domain.',
            messages: messages.map(([name]) => name),
          },
          'kafka',
        ),
      ]),
    ),
    operations: Object.fromEntries(
      domains.map(({ domain, messages }) => [
        `publish.${domain}`,
        {
          action: 'send',
          summary: `Tell others what happened in ${domain}`,
          channel: { $ref: `#/channels/${domain}` },
          messages: messages.map(([name]) => messageOn(domain, name)),
        },
      ]),
    ),
    messages: Object.fromEntries(domains.flatMap(({ messages }) => messages)),
    schemas: { [HEADERS]: EVENT_HEADERS },
  };
}

function messagesOf(kind: EventKind): [string, Message][] {
  return versionsOf(kind).map(({ version }) => {
    const { $schema: _, title: _title, description: _description, ...payload } = eventSchema(kind, version);
    const name = `${kind.type}.v${version}`;
    const headers = { $ref: `#/components/schemas/${HEADERS}` };
    return [name, { name: kind.type, title: `${kind.type} v${version}`, summary: kind.says ?? '', headers, payload }];
  });
}
