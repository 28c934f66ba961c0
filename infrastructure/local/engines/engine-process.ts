import type { Launch } from '../processes/launch.ts';
import type { Step } from '../progress.ts';
import { engineUser } from '../storage/unprivileged.ts';

/** How every engine's process runs: in its own folder, unprivileged, and knowing nothing of our environment. */
export function engineProcess(
  home: string,
  step: Step,
): Pick<Launch, 'cwd' | 'env' | 'user' | 'signal' | 'stopSignal'> {
  return {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home },
    user: engineUser(),
    signal: step.signal,
    stopSignal: 'SIGTERM',
  };
}
