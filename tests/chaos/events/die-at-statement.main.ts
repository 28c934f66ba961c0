import { Client } from 'pg';

/**
 * Preloaded by a process that shall be killed at one of its statements: DIE_AT_STATEMENT=7 before the seventh goes out,
 * 7:sent once it has gone out and nothing has been heard of it.
 */

const [number = '', moment] = (process.env['DIE_AT_STATEMENT'] ?? '').split(':');
const diesAt = Number(number);
let statements = 0;

// Typed by what is done with it: the driver's own type has an overload for each way to ask.
const client = Client.prototype as unknown as { query: (this: unknown, ...args: unknown[]) => unknown };
const { query } = client;
client.query = function ask(this: unknown, ...args: unknown[]): unknown {
  statements += 1;
  if (statements === diesAt && moment !== 'sent') process.kill(process.pid, 'SIGKILL');
  const answer = query.apply(this, args);
  // The driver hands a statement to the socket at the end of the turn.
  if (statements === diesAt) setImmediate(() => process.kill(process.pid, 'SIGKILL'));
  return answer;
};
