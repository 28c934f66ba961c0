import type { Session } from '#infrastructure/message-store/cassandra/session.ts';
import { AppError } from '#shared/errors.ts';
import type { Fault } from './faulty-databases.ts';

/**
 * A session whose conditional batches meet the given faults, one each, in order: lost before they were sent, or applied
 * while the answer is lost. After the last one they meet none.
 */
export function withFaults(session: Session, faults: readonly Fault[]): Session {
  const plan = [...faults];
  return {
    rows: (statement, consistency) => session.rows(statement, consistency),
    write: (statements) => session.write(statements),
    define: (query) => session.define(query),
    ping: () => session.ping(),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
    decide: async (statements) => {
      const fault = plan.shift() ?? 'none';
      if (fault === 'before') throw new AppError('UPSTREAM_UNAVAILABLE');
      const decision = await session.decide<never>(statements);
      if (fault === 'after') throw new AppError('UPSTREAM_UNAVAILABLE');
      return decision;
    },
  };
}
