import { Ajv, type ValidateFunction } from 'ajv';
import { Client } from 'pg';
import { EVENT_KINDS } from '#shared/events/catalogue.ts';
import { type EventKind, happened } from '#shared/events/event.ts';
import { eventSchema } from '#shared/events/schemas.ts';

/** Events looked at of each type: the newest. */
const OF_EACH_MAX = 100;
/** Types that tests and benchmarks play with. */
const PLAYED = '^(test|bench)[.]';

const WRITTEN = `
  SELECT one.type, one.version, one.aggregate_id, one.data
  FROM (
    SELECT every.*, row_number() OVER (PARTITION BY every.type ORDER BY every.event_id DESC) AS place
    FROM (
      SELECT event_id, type, version, aggregate_id, data FROM events.outbox
      UNION ALL SELECT event_id, type, version, aggregate_id, data FROM events.log
    ) AS every
    WHERE every.type !~ '${PLAYED}'
  ) AS one
  WHERE one.place <= ${OF_EACH_MAX}`;

type Written = {
  readonly type: string;
  readonly version: number;
  readonly aggregate_id: string;
  readonly data: Record<string, unknown>;
};

/**
 * Looks at what a test has left in the outbox and the log, so that events which are written by SQL alone are held to their
 * contracts as well, and all of them to the schemas that others are given.
 *
 * @param url of the database, as its owner
 * @throws with the first event that does not keep to its contract
 */
export async function expectKeptContracts(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Written>(WRITTEN);
    for (const row of rows) expectKept(row);
  } finally {
    await client.end();
  }
}

function expectKept({ type, version, aggregate_id: aggregateId, data }: Written): void {
  const kind = EVENT_KINDS.get(type);
  if (kind?.version !== version)
    throw new Error(`A test has left ${type} v${version}, which shared/events does not declare`);
  try {
    happened(kind, aggregateId, data);
    const isValid = published(kind);
    if (!isValid(data)) throw new Error(JSON.stringify(isValid.errors));
  } catch (cause) {
    throw new Error(`A test has left an event that does not keep to its contract: ${type}`, { cause });
  }
}

const ajv = new Ajv({ validateFormats: false, allowUnionTypes: true });
const validators = new Map<string, ValidateFunction>();

/** What others are told of the data, as JSON Schema. */
function published(kind: EventKind): ValidateFunction {
  const known = validators.get(kind.type);
  if (known !== undefined) return known;
  const made = ajv.compile(eventSchema(kind, kind.version));
  validators.set(kind.type, made);
  return made;
}
