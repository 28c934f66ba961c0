import { presentSet, promisedSet, readReleased } from '#infrastructure/event-contracts/contract-set.ts';
import type { Config } from '#infrastructure/config/settings.ts';
import { keepRegistered } from '#infrastructure/registry/keep-registered.ts';
import { openSchemaRegistry } from '#infrastructure/registry/schema-registry.ts';
import type { Log } from '#shared/log.ts';

/** Gives the schemas of all events to the registry that SCHEMA_REGISTRY_URL names, if it names one, and keeps them there. */
export async function registerEventSchemas(
  { config, log }: { readonly config: Pick<Config, 'SCHEMA_REGISTRY_URL' | 'KAFKA_TOPIC_PREFIX'>; readonly log: Log },
  resources: AsyncDisposableStack,
): Promise<void> {
  if (config.SCHEMA_REGISTRY_URL === undefined) return;
  const loop = keepRegistered({
    registry: openSchemaRegistry(config.SCHEMA_REGISTRY_URL),
    contracts: promisedSet(presentSet(), await readReleased()),
    prefix: config.KAFKA_TOPIC_PREFIX,
    log,
  });
  resources.defer(() => loop.stop());
}
