import type { Client } from '@temporalio/client';
import { expect, test } from 'vitest';
import { AccountErased } from '#shared/events/account-life.ts';
import type { StoredEvent } from '#shared/events/event.ts';
import { EventVersionUnknown } from '#shared/events/version-unknown.ts';
import type { Tx } from '#shared/sql.ts';
import { paymentsTrigger } from '#shared/workflows/payments.ts';
import { makeWorkflowDriver } from './workflow-driver.ts';

/** Nothing is asked of either. */
const client = {} as Client;
const tx = {} as Tx;
const driver = makeWorkflowDriver({ client, triggers: [paymentsTrigger], taskQueuePrefix: '' });

function stored(type: string): StoredEvent {
  return { id: 'e', type, version: 1, aggregateId: 'a', occurredAt: new Date(), data: {} };
}

test('an event of a type that only a newer build knows is refused, for it may start a workflow', async () => {
  await expect(driver.handle([stored('payments.became_free')], tx)).rejects.toThrow(EventVersionUnknown);
});

test('an event that concerns no workflow is handled, as when it is replayed after the upgrade', async () => {
  expect(driver.types).not.toContain(AccountErased.type);
  await expect(driver.handle([stored(AccountErased.type)], tx)).resolves.toBeUndefined();
});
