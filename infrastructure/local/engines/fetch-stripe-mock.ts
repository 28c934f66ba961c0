import { join } from 'node:path';
import { MINUTE } from '#shared/time.ts';
import { runCommand } from '../processes/run-command.ts';
import type { Step } from '../progress.ts';
import { cached } from '../storage/cached.ts';
import { onPath } from './on-path.ts';

const VERSION = '0.203.0';
const GO_MODULE = `github.com/stripe/stripe-mock@v${VERSION}`;
const BUILD_WITHIN_MS = 10 * MINUTE;

/** Stripe's own test double, which holds requests against the API that Stripe publishes: in the cache, or built by Go. */
export async function ensureStripeMock(cache: string, step: Step): Promise<string> {
  const name = `stripe-mock-${VERSION}-${process.platform}-${process.arch}`;
  const folder = await cached(cache, name, step, async (into) => {
    if ((await onPath('go')) === undefined) throw new Error('There is no Go to build stripe-mock with: install Go.');
    await runCommand({
      command: 'go',
      args: ['install', '-ldflags', '-s -w', GO_MODULE],
      cwd: into,
      env: { ...process.env, GOBIN: into },
      timeoutMs: BUILD_WITHIN_MS,
      signal: step.signal,
    });
  });
  return join(folder, 'stripe-mock');
}
