import type { KeyManagement } from '#shared/key-management.ts';

/** A driver of key management that knows which wrapping keys are its own. */
export type WrappingKeys = KeyManagement & {
  readonly knows: (wrappedBy: string) => boolean;
};

/**
 * Several drivers as one: the first wraps, and each unwraps what it has wrapped, so that the keys of dialogs can move
 * from one to the next while they are in use.
 */
export function joinWrappingKeys(first: WrappingKeys, ...others: readonly WrappingKeys[]): KeyManagement {
  const drivers = [first, ...others];
  return {
    wrapsBy: first.wrapsBy,
    wrap: (key, context) => first.wrap(key, context),
    unwrap: async (wrapped, context) => {
      const driver = drivers.find((each) => each.knows(wrapped.wrappedBy)) ?? first;
      return await driver.unwrap(wrapped, context);
    },
  };
}
