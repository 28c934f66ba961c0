import { z } from 'zod';
import type { Bytes, Call } from '#shared/http/call.ts';

const ReplyShape = z.object({
  status: z.number().int(),
  body: z.unknown(),
  headers: z.record(z.string(), z.string()).optional(),
});

export type EncodedReply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Bytes | undefined;
};

/**
 * A handler's reply as it is sent: only what the call's answer schema names gets out, and files as they are.
 *
 * @throws when the reply is none that the call promises, which is a fault of ours
 */
export function encodeReply(call: Call, reply: unknown): EncodedReply {
  const { status, body, headers = {} } = ReplyShape.parse(reply);
  if (!(status in call.answers)) throw new Error(`${call.name} does not promise to answer ${status}`);
  const schema = call.answers[status];
  if (schema === undefined) return { status, headers, body: undefined };
  if (schema === 'bytes') return { status, headers, body: body as Bytes };
  const told = schema.safeParse(body);
  if (!told.success) throw new Error(`${call.name} answered something else than it promises`, { cause: told.error });
  return {
    status,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(told.data),
  };
}
