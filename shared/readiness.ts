import { SECOND } from './time.ts';

/** What a process needs to serve its own traffic, by name; each settles when it answers. */
export type ReadinessChecks = Readonly<Record<string, () => Promise<unknown>>>;

/**
 * What every process answers at `/health/ready`: 200 when `ready`, else 503. `checks` tells of each engine that was asked;
 * one that failed need not make the process unready, if much is served without it, and a process that is about to stop is
 * not ready whatever answers.
 */
export type Readiness = { readonly ready: boolean; readonly checks: Readonly<Record<string, 'ok' | 'failed'>> };

/** A dependency that does not answer within this counts as away. */
const CHECK_WITHIN_MS = 2 * SECOND;

/** Asks every dependency at once. */
export async function readiness(checks: ReadinessChecks): Promise<Readiness> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, (await answers(check)) ? 'ok' : 'failed'] as const),
  );
  return { ready: results.every(([, state]) => state === 'ok'), checks: Object.fromEntries(results) };
}

async function answers(check: () => Promise<unknown>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('late')), CHECK_WITHIN_MS);
  });
  try {
    await Promise.race([check(), late]);
    return true;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
