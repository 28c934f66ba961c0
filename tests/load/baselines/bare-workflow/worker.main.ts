import { NativeConnection, Worker } from '@temporalio/worker';
import { steps } from './activity.ts';

/** Serves the bare workflow. Arguments: Temporal address, task queue. Tells its parent when it polls. */
const [address, taskQueue] = process.argv.slice(2) as [string, string];
const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({
  connection,
  taskQueue,
  workflowsPath: new URL('./workflow.ts', import.meta.url).pathname,
  activities: steps,
});
process.on('disconnect', () => process.exit(0));
process.send?.('polling');
await worker.run();
