import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { runRole } from '#infrastructure/process/lifecycle.ts';

/** A role whose life the test decides by its argument. */
const [way] = process.argv.slice(2);

runRole('probe', async () => {
  const working = setInterval(() => {}, 1000);
  if (way === 'cannot-start') throw new Error('no such thing');
  if (way === 'starts-slowly') {
    process.stdout.write('starting\n');
    await once(process, 'SIGTERM');
  }
  if (way === 'breaks-later')
    setTimeout(() => {
      throw new Error('broken');
    }, 50);
  if (way === 'rejects-later') setTimeout(() => void Promise.reject(new Error('unhandled')), 50);
  return {
    stop: async () => {
      clearInterval(working);
      if (way === 'cannot-stop') throw new Error('stuck');
      await sleep(50);
      process.stdout.write('drained\n');
    },
  };
});
