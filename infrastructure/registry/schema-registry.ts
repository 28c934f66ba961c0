import type { JsonSchema } from '#shared/events/schemas.ts';
import { SECOND } from '#shared/time.ts';

const ANSWER_WITHIN_MS = 10 * SECOND;
const MEDIA_TYPE = 'application/vnd.schemaregistry.v1+json';
/** Characters of a refusal that are told on. */
const REFUSAL_MAX = 500;

/** A registry took a schema, or says why it never will. */
export type Registration = { readonly ok: true; readonly id: number } | { readonly ok: false; readonly says: string };

/** A registry that speaks as Confluent's does. Each call rejects when it is away or out of order, and may then be repeated. */
export type SchemaRegistry = {
  /** The subjects that it knows. */
  subjects(): Promise<ReadonlySet<string>>;
  /**
   * Registers a schema as the newest of a subject, whose next ones must be able to read what it describes (BACKWARD). The
   * same schema again changes nothing.
   */
  register(subject: string, schema: JsonSchema): Promise<Registration>;
};

/** @param url with user and password when it asks for them; as `http://registry:8080/apis/ccompat/v7` of Apicurio */
export function openSchemaRegistry(url: string): SchemaRegistry {
  const { username, password, ...at } = partsOf(url);
  const login = Buffer.from(`${username}:${password}`).toString('base64');
  const headers = {
    accept: MEDIA_TYPE,
    'content-type': MEDIA_TYPE,
    ...(username === '' ? {} : { authorization: `Basic ${login}` }),
  };

  async function ask(method: 'GET' | 'PUT' | 'POST', path: string, body?: object): Promise<Response> {
    const answer = await fetch(`${at.base}${path}`, {
      method,
      headers,
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (answer.ok || REFUSALS.has(answer.status)) return answer;
    throw new Error(`The schema registry answers ${answer.status}: ${await excerpt(answer)}`);
  }

  return {
    subjects: async () => new Set((await (await ask('GET', '/subjects')).json()) as string[]),
    register: async (subject, schema) => {
      const name = encodeURIComponent(subject);
      const demanded = await ask('PUT', `/config/${name}`, { compatibility: 'BACKWARD' });
      if (!demanded.ok) return { ok: false, says: await excerpt(demanded) };
      const schemaText = JSON.stringify(schema);
      const answer = await ask('POST', `/subjects/${name}/versions`, { schemaType: 'JSON', schema: schemaText });
      if (!answer.ok) return { ok: false, says: await excerpt(answer) };
      return { ok: true, id: ((await answer.json()) as { id: number }).id };
    },
  };
}

/** Not compatible, and not a schema that it can read: neither heals by waiting. */
const REFUSALS: ReadonlySet<number> = new Set([409, 422]);

async function excerpt(answer: Response): Promise<string> {
  return (await answer.text()).slice(0, REFUSAL_MAX);
}

/** `fetch` takes no URL with a password in it. */
function partsOf(url: string): { readonly base: string; readonly username: string; readonly password: string } {
  const parsed = new URL(url);
  const username = decodeURIComponent(parsed.username);
  const password = decodeURIComponent(parsed.password);
  parsed.username = '';
  parsed.password = '';
  return { base: parsed.href.replace(/\/+$/, ''), username, password };
}
