import { proxyActivities } from '@temporalio/workflow';
import type { steps } from './activity.ts';

const { nothing } = proxyActivities<typeof steps>({ startToCloseTimeout: '10 seconds' });

/** The least a durable story can be: `count` activities that do nothing, one after the other. */
export async function bare(count: number): Promise<void> {
  for (let done = 0; done < count; done++) await nothing();
}
