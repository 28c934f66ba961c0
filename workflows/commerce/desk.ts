import { ApplicationFailure, condition, defineUpdate, setHandler } from '@temporalio/workflow';
import { type OrderMark, type OrderUpdateName, type OrderUpdates, STEP_TOO_EARLY } from '#shared/workflows/order.ts';
import { isEarly, isRepeat, type Phase, refusal } from './desk-rules.ts';

type Requests = { -readonly [Name in OrderUpdateName]?: OrderUpdates[Name] };

/**
 * Where people's steps for an order arrive. A handler writes down what is asked for and waits until the story has taken
 * the step; only the story acts, so that no two things ever happen to an order at once.
 */
export type Desk = {
  /** Set by the story as it goes on. */
  phase: Phase;
  readonly asked: Requests;
  /** The story took the step, and left the order like this. */
  answer(name: OrderUpdateName, mark: OrderMark): void;
  /** Whoever still waits is told that the order ended otherwise; the first reason stays. */
  close(why: string): void;
};

/** Opens the desk at once: an update that came with the start of the workflow is already waiting. */
export function openDesk(): Desk {
  const asked: Requests = {};
  const marks: { [Name in OrderUpdateName]?: OrderMark } = {};
  let closed: string | undefined;
  const desk: Desk = {
    phase: 'paying',
    asked,
    answer: (name, mark) => void (marks[name] = mark),
    close: (why) => void (closed ??= why),
  };

  function take<Name extends OrderUpdateName>(name: Name): void {
    setHandler(
      defineUpdate<OrderMark, [OrderUpdates[Name]]>(name),
      async (wanted) => {
        asked[name] ??= wanted;
        await condition(() => marks[name] !== undefined || closed !== undefined);
        const mark = marks[name];
        if (mark === undefined) throw conflict(closed!);
        return mark;
      },
      {
        validator: (wanted) => {
          if (isRepeat(name, wanted, asked)) return;
          if (closed !== undefined) throw conflict(closed);
          const why = refusal(name, desk.phase, asked);
          if (why === undefined) return;
          throw isEarly(name, desk.phase, asked) ? ApplicationFailure.nonRetryable(why, STEP_TOO_EARLY) : conflict(why);
        },
      },
    );
  }

  take('confirm');
  take('ship');
  take('deliver');
  take('cancel');
  take('openReturn');
  take('acceptReturn');
  return desk;
}

function conflict(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'CONFLICT');
}
