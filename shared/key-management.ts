/** A key as it rests: sealed by the key that `wrappedBy` names. */
export type WrappedKey = { readonly wrappedBy: string; readonly sealed: Uint8Array };

/**
 * Wraps keys with a key that never leaves key management. Shaped after AWS KMS: `context` is bound to the wrapped key as
 * additional data, so that a key which is copied to another place does not unwrap.
 */
export interface KeyManagement {
  /** The name of the key that wraps: what `wrappedBy` of a new wrapped key says. */
  readonly wrapsBy: string;
  wrap(key: Uint8Array, context: string): Promise<WrappedKey>;
  /** @throws when the wrapped key was altered, belongs elsewhere, or its wrapping key is gone */
  unwrap(wrapped: WrappedKey, context: string): Promise<Uint8Array>;
}
