/** Waits that double, with half of each left to chance, so that clients cut at once do not come back at once. */
export type Backoff = { readonly firstMs: number; readonly maxMs: number };

/** @param attempt counted from 1 */
export function backoffMs({ firstMs, maxMs }: Backoff, attempt: number): number {
  const most = Math.min(maxMs, firstMs * 2 ** Math.min(attempt - 1, 16));
  return most / 2 + Math.random() * (most / 2);
}

/** A wait that `wake` ends early. */
export class Pause {
  #wake: (() => void) | undefined;

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.wake(), ms);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
    });
  }

  wake(): void {
    this.#wake?.();
  }
}
