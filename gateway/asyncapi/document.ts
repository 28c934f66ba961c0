import type { JsonSchema } from '#shared/events/schemas.ts';
import { busPart } from './bus-part.ts';
import type { Part } from './part.ts';
import { socketPart } from './socket-part.ts';

export type AsyncApiInfo = {
  readonly version: string;
  /** Where clients reach the gateway, and sockets through it. */
  readonly publicUrl: string;
  /** Before every topic: the setting KAFKA_TOPIC_PREFIX. */
  readonly topicPrefix: string;
};

export type AsyncApiDocument = {
  readonly asyncapi: '3.0.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly defaultContentType: 'application/json';
  readonly servers: Readonly<Record<string, object>>;
  readonly channels: Part['channels'];
  readonly operations: Part['operations'];
  readonly components: {
    readonly messages: Part['messages'];
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: Readonly<Record<string, object>>;
  };
};

/** The AsyncAPI 3 document of all that we tell by ourselves: events to other systems, and to clients over sockets. */
export function asyncApiDocument({ version, publicUrl, topicPrefix }: AsyncApiInfo): AsyncApiDocument {
  const { host, protocol } = new URL(publicUrl);
  const bus = busPart(topicPrefix);
  const sockets = socketPart();
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Tchat events',
      version,
      description:
        'What happened, on the event bus for other systems, and live over sockets for clients. Ids are pseudonymous; ' +
        'there is no personal data on the bus. A reader passes over fields that it does not know.',
    },
    defaultContentType: 'application/json',
    servers: {
      kafka: {
        host: '{brokers}',
        protocol: 'kafka',
        description: 'Where the setting EVENT_BUS has events go to Kafka.',
        variables: { brokers: { default: 'kafka:9092', description: 'As the setting KAFKA_BROKERS names them.' } },
      },
      sockets: {
        host,
        protocol: protocol === 'https:' ? 'wss' : 'ws',
        pathname: '/socket.io',
        description: 'Socket.IO, over WebSocket only; the access token is `auth.token` of the handshake.',
        security: [{ $ref: '#/components/securitySchemes/accessToken' }],
      },
    },
    channels: { ...bus.channels, ...sockets.channels },
    operations: { ...bus.operations, ...sockets.operations },
    components: {
      messages: { ...bus.messages, ...sockets.messages },
      schemas: { ...bus.schemas, ...sockets.schemas },
      securitySchemes: { accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}
