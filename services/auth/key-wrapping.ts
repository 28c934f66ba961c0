/** A private key as it rests: sealed by the key that `wrappedBy` names. */
type WrappedKey = { readonly wrappedBy: string; readonly sealed: Uint8Array };

/** Wraps the private halves of signing keys with a key that the database does not hold. Fulfilled by key management. */
export interface KeyWrapping {
  /** The name of the key that wraps now. */
  readonly wrapsBy: string;
  /** @param context bound to the wrapped key, so that it unwraps for the same purpose only */
  wrap(key: Uint8Array, context: string): Promise<WrappedKey>;
  /** @throws when the wrapped key was altered, was wrapped for another purpose, or its wrapping key is gone */
  unwrap(wrapped: WrappedKey, context: string): Promise<Uint8Array>;
}
