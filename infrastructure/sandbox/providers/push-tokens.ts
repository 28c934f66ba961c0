/**
 * What a push service makes of a token, by how it begins, so that a test knows what will happen: `gone-…` was good once,
 * `wrong-…` never was, `quota-…` has had too much, and any other is a device that shows what it is sent.
 */
export type TokenFate = 'shown' | 'gone' | 'wrong' | 'quota';

export function fateOf(token: string): TokenFate {
  const [, fate] = /^(gone|wrong|quota)-/.exec(token) ?? [];
  return (fate as TokenFate | undefined) ?? 'shown';
}

/** Seconds after which a push service that has had too much wants to be asked again. */
export const QUOTA_RETRY_AFTER_S = 7;
