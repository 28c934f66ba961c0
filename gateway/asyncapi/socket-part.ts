import { z } from 'zod';
import { SocketError } from '#shared/sockets/ack.ts';
import { CLIENT_EVENTS } from '#shared/sockets/client-events.ts';
import { SERVER_EVENTS } from '#shared/sockets/server-events.ts';
import { makeSchemaWriter } from '../openapi/schemas.ts';
import { channelOf, type Message, messageOn, type Operation, type Part } from './part.ts';

const CHANNEL = 'sockets';

/** What clients emit, with what each is acknowledged by, and what nodes emit to them. */
export function socketPart(): Part {
  const writer = makeSchemaWriter();
  const messages: Record<string, Message> = {};
  const operations: Record<string, Operation> = {};
  const channel = { $ref: `#/channels/${CHANNEL}` };

  for (const [event, { payload, answer }] of Object.entries(CLIENT_EVENTS)) {
    const name = `client.${keyOf(event)}`;
    const acknowledgement = z.union([z.strictObject({ data: answer }), z.strictObject({ error: SocketError })]);
    messages[name] = { name: event, title: event, payload: writer.write(payload, 'sent') };
    messages[`${name}.ack`] = {
      name: `${event} (acknowledgement)`,
      title: `What ${event} is acknowledged by: its data, or why it was refused`,
      payload: writer.write(acknowledgement, 'answered'),
    };
    operations[name] = {
      action: 'receive',
      summary: `A client emits ${event}`,
      channel,
      messages: [messageOn(CHANNEL, name)],
      reply: { channel, messages: [messageOn(CHANNEL, `${name}.ack`)] },
    };
  }
  for (const [event, payload] of Object.entries(SERVER_EVENTS)) {
    const name = `server.${keyOf(event)}`;
    messages[name] = { name: event, title: event, payload: writer.write(payload, 'answered') };
    operations[name] = {
      action: 'send',
      summary: `Clients hear ${event}`,
      channel,
      messages: [messageOn(CHANNEL, name)],
    };
  }

  const description =
    'Events of Socket.IO. What is emitted to clients may be lost: what matters is stored, and `sync` ' +
    'or HTTP tells it again.';
  const names = Object.keys(messages);
  return {
    channels: {
      [CHANNEL]: channelOf({ address: '/', title: 'Live updates', description, messages: names }, 'sockets'),
    },
    operations,
    messages,
    schemas: writer.components,
  };
}

/** Names in the document have no colons. */
function keyOf(event: string): string {
  return event.replace(':', '.');
}
