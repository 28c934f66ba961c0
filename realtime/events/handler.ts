import type { z } from 'zod';
import { AppError } from '#shared/errors.ts';
import { fieldFaults } from '#shared/field-faults.ts';
import { type Answer, CLIENT_EVENTS, type ClientEventName, type Parsed } from '#shared/sockets/client-events.ts';
import type { BudgetName } from '../session/rates.ts';
import type { Session } from '../session/session.ts';

/** What answers one client event. `handle` takes the payload as it came from the wire. */
export type EventHandler = {
  readonly event: ClientEventName;
  readonly budget: BudgetName;
  /** @throws {AppError} VALIDATION_ERROR when the payload is not what the contract says, and what the use case throws */
  handle(session: Session, payload: unknown): Promise<unknown>;
};

/** Binds an event of the contract to its work: the payload is parsed once, here. */
export function onEvent<Name extends ClientEventName>(
  event: Name,
  budget: BudgetName,
  work: (session: Session, payload: Parsed<Name>) => Promise<Answer<Name>>,
): EventHandler {
  const schema: z.ZodType<Parsed<Name>> = CLIENT_EVENTS[event].payload as never;
  return {
    event,
    budget,
    // Async, so that a refused payload is a rejection like any other.
    handle: async (session, payload) => {
      const parsed = schema.safeParse(payload);
      if (!parsed.success)
        throw new AppError('VALIDATION_ERROR', { details: fieldFaults(parsed.error).slice(0, FAULTS_MAX) });
      return await work(session, parsed.data);
    },
  };
}

/** Told at most; one bad payload may break a rule in every element. */
const FAULTS_MAX = 10;
