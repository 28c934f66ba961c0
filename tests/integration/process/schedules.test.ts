import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { openTemporal } from '#infrastructure/temporal/client.ts';
import { ensureSchedule } from '#infrastructure/temporal/schedules.ts';
import { HOUR, MINUTE } from '#shared/time.ts';
import { MessageRetention } from '#shared/workflows/messaging.ts';
import { testConfig } from '#tests/harness/config.ts';

test('a schedule that many workers ask for stands once, and takes the interval of the last', async () => {
  const temporal = openTemporal(testConfig('postgres://unused/db'));
  const { client } = temporal;
  const taskQueuePrefix = `schedules-${randomBytes(4).toString('hex')}-`;
  const options = { client, taskQueuePrefix };
  const handle = client.schedule.getHandle(`${taskQueuePrefix}message-retention`);
  try {
    await Promise.all(
      Array.from({ length: 4 }, () => ensureSchedule(options, { kind: MessageRetention, everyMs: HOUR })),
    );
    await ensureSchedule(options, { kind: MessageRetention, everyMs: 5 * MINUTE });
    const { spec, action, policies } = await handle.describe();
    expect(spec.intervals?.map(({ every }) => every)).toEqual([5 * MINUTE]);
    expect(action).toMatchObject({
      workflowType: 'messageRetention',
      workflowId: `${taskQueuePrefix}message-retention-scheduled`,
      taskQueue: `${taskQueuePrefix}messaging`,
    });
    expect(policies.overlap).toBe('SKIP');
  } finally {
    await handle.delete();
    await temporal.close();
  }
});
