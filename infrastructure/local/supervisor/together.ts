import type { Step } from '../progress.ts';
import type { Kept } from './keep.ts';

/**
 * Starts all at once. When one fails, the others are called off and waited for, so that nothing is started after the
 * failure was reported.
 */
export async function startAll(all: readonly Kept[], step: Step): Promise<void> {
  const failure = new AbortController();
  const signal = AbortSignal.any([step.signal, failure.signal]);
  const waiting = new Set(all.map(({ unit }) => unit.name));
  const tell = () => step.doing(`waiting for ${[...waiting].join(', ')}`);
  tell();
  await allDone(
    all.map(async (kept) => {
      try {
        await kept.start({ doing: tell, signal });
      } catch (error) {
        failure.abort(error);
        throw error;
      }
      waiting.delete(kept.unit.name);
      tell();
    }),
  );
}

/** Waits for all, and throws the first failure in order of time only after the last has settled. */
export async function allDone(works: readonly Promise<void>[]): Promise<void> {
  let first: { readonly reason: unknown } | undefined;
  await Promise.all(works.map((work) => work.catch((reason: unknown) => (first ??= { reason }))));
  if (first !== undefined) throw first.reason;
}

/** Stops one after the other in the order given; the nodes of one role, such as realtime-4001 and -4002, together. */
export async function stopInOrder(all: readonly Kept[], tell: (name: string) => void): Promise<void> {
  const byRole = Map.groupBy(all, ({ unit }) => unit.name.replace(/-\d+$/, ''));
  for (const [role, nodes] of byRole) {
    tell(role);
    await Promise.all(nodes.map((node) => node.stop()));
  }
}
