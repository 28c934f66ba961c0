import { CancellationScope } from '@temporalio/workflow';

type Undo = () => Promise<unknown>;

/**
 * Runs a story whose finished steps must be taken back when a later one fails.
 *
 * Register each undo before its step: a step that timed out may still have happened, so every undo is harmless when
 * nothing did. When the story throws, undos run last in, first out, shielded from cancellation; an undo that fails is
 * retried by its activity's policy, and its failure is never swallowed.
 */
export async function withUndo<T>(story: (undo: (step: Undo) => void) => Promise<T>): Promise<T> {
  const undos: Undo[] = [];
  try {
    return await story((step) => undos.push(step));
  } catch (error) {
    await CancellationScope.nonCancellable(async () => {
      for (const step of undos.toReversed()) await step();
    });
    throw error;
  }
}
