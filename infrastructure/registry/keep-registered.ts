import { Gauge } from 'prom-client';
import type { ContractSet } from '#infrastructure/event-contracts/contract-set.ts';
import { type Loop, startLoop } from '#infrastructure/events/loop.ts';
import type { JsonSchema } from '#shared/events/schemas.ts';
import type { Log } from '#shared/log.ts';
import { MINUTE } from '#shared/time.ts';
import type { SchemaRegistry } from './schema-registry.ts';

/** A registry that lost what it had, as one in memory at its restart, has it again after this. */
const LOOK_EVERY_MS = 5 * MINUTE;

const schemas = new Gauge({
  name: 'tchat_event_schemas',
  help: 'Schemas of events, by what the registry has to do with them: registered, refused, or not asked yet',
  labelNames: ['state'],
});

type Options = {
  readonly registry: SchemaRegistry;
  readonly contracts: ContractSet;
  /** Before every subject, as before every topic. */
  readonly prefix: string;
  readonly log: Log;
  /** Milliseconds between looks at a registry that has everything. */
  readonly lookEveryMs?: number;
};

/**
 * Registers every version of every event, each as the subject `prefix.type.vN`, and again whatever the registry forgets.
 *
 * Events never wait for it: while it is away they are published, and their schemas follow. What it refuses is an ERROR in
 * the log and counted in `tchat_event_schemas`, for someone must act, and is asked again at the next look; the events go on
 * as well, because a reader that cannot read one kind is no reason to keep all others from everybody.
 */
export function keepRegistered({ registry, contracts, prefix, log, lookEveryMs = LOOK_EVERY_MS }: Options): Loop {
  const wanted = subjectsOf(contracts, prefix);
  const registered = new Set<string>();
  /** With what the registry said of them, so that the same is told once. */
  const refused = new Map<string, string>();

  function count(): void {
    schemas.set({ state: 'registered' }, registered.size);
    schemas.set({ state: 'refused' }, refused.size);
    schemas.set({ state: 'waiting' }, wanted.size - registered.size - refused.size);
  }

  async function register(subject: string, schema: JsonSchema): Promise<void> {
    const answer = await registry.register(subject, schema);
    if (answer.ok) {
      registered.add(subject);
      refused.delete(subject);
    } else {
      if (refused.get(subject) !== answer.says) {
        log.error({ subject, says: answer.says }, 'the schema registry refuses the schema of an event');
      }
      refused.set(subject, answer.says);
    }
    count();
  }

  count();
  return startLoop({
    name: 'event-schemas',
    restMs: lookEveryMs,
    log,
    turn: async () => {
      const known = await registry.subjects();
      for (const subject of registered) if (!known.has(subject)) registered.delete(subject);
      count();
      for (const [subject, schema] of wanted) if (!registered.has(subject)) await register(subject, schema);
      return 'idle';
    },
  });
}

function subjectsOf(contracts: ContractSet, prefix: string): ReadonlyMap<string, JsonSchema> {
  return new Map(
    Object.entries(contracts).flatMap(([type, versions]) =>
      Object.entries(versions).map(([version, { schema }]) => [`${prefix}.${type}.v${version}`, schema]),
    ),
  );
}
