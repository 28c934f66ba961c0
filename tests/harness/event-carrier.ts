import { beforeAll, inject } from 'vitest';
import type { FreshDatabase } from './database.ts';
import { type Carried, type CarrierOptions, openCarried, topicPrefixOf } from './carried.ts';

/** The Kafka of this test file, while it runs in a project whose events go through it. */
let brokers: string | undefined;

/** Has the file's events go through Kafka; for the setup of a project that is about it. */
export function useKafka(): void {
  beforeAll(() => {
    brokers = inject('kafka');
  });
}

/** What a process of the project under test needs to carry the events of a database. */
export function carrierOptions(db: Pick<FreshDatabase, 'url'>): CarrierOptions {
  return { url: db.url, ...(brokers !== undefined && { brokers, topicPrefix: topicPrefixOf(db.url) }) };
}

/** A relay and a bus over a database, as one process has them: on Postgres, or on Kafka in a project that is about it. */
export function carrier(db: FreshDatabase): Carried {
  return openCarried(db.database, carrierOptions(db));
}
