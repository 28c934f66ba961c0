import type { Log } from '#shared/log.ts';

/** A log for tests that make things fail on purpose. */
export const quietLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
