import type { JsonSchema } from '#shared/events/schemas.ts';

export type Reference = { readonly $ref: string };

export type Message = {
  readonly name: string;
  readonly title: string;
  readonly summary?: string;
  readonly headers?: JsonSchema | Reference;
  readonly payload: JsonSchema;
};

export type Channel = {
  readonly address: string;
  readonly title: string;
  readonly description: string;
  readonly servers: readonly Reference[];
  readonly messages: Readonly<Record<string, Reference>>;
};

export type Operation = {
  /** What we do: send or receive. */
  readonly action: 'send' | 'receive';
  readonly summary: string;
  readonly channel: Reference;
  readonly messages: readonly Reference[];
  readonly reply?: { readonly channel: Reference; readonly messages: readonly Reference[] };
};

/** What one way of telling adds to the document. */
export type Part = {
  readonly channels: Readonly<Record<string, Channel>>;
  readonly operations: Readonly<Record<string, Operation>>;
  readonly messages: Readonly<Record<string, Message>>;
  readonly schemas: Readonly<Record<string, JsonSchema>>;
};

/** A channel that carries messages out of the components, under the same names. */
export function channelOf(
  { messages, ...channel }: Omit<Channel, 'messages' | 'servers'> & { readonly messages: readonly string[] },
  server: string,
): Channel {
  return {
    ...channel,
    servers: [{ $ref: `#/servers/${server}` }],
    messages: Object.fromEntries(messages.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
  };
}

/** A message as an operation on its channel refers to it. */
export function messageOn(channel: string, name: string): Reference {
  return { $ref: `#/channels/${channel}/messages/${name}` };
}
