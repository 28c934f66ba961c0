/** How long to wait between tries. */
export type BackOff = {
  /** After the first failure, in milliseconds. */
  readonly firstMs: number;
  /** Never longer, however often it failed. */
  readonly mostMs: number;
};

/**
 * The pause after a number of failures in a row: twice as long each time, up to the most, and of that at random between a
 * half and the whole, so that processes which failed together do not come back together.
 *
 * @param failures 1 for the first
 * @param random at least 0 and below 1
 */
export function pauseAfter(failures: number, { firstMs, mostMs }: BackOff, random = Math.random): number {
  const fullMs = Math.min(firstMs * 2 ** Math.min(failures - 1, 30), mostMs);
  return fullMs * (0.5 + random() / 2);
}
