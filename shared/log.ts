/**
 * Where a process says what it does: one JSON object a line.
 * ERROR only for what a person must act on now; a client's mistake is INFO; what heals by itself is WARN.
 * Facts carry pseudonymous ids, never a phone number, code, token or body.
 */
export interface Log {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}
