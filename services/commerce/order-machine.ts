import { unreachable } from '#shared/errors.ts';
import type { OrderStatus, PaymentStatus, StoryStatus } from '#shared/contracts/commerce/order.ts';
import type { OrderActor, StepBy } from '#shared/workflows/order.ts';

/** The part of an order that steps change. */
export type OrderState = { readonly status: OrderStatus; readonly paymentStatus: PaymentStatus };

/**
 * What an order's workflow records. `attempt` counts tries of the payment call that came before, from 1.
 * `failed` is a try that did not succeed; the workflow tries again.
 */
export type OrderStep =
  | { readonly step: 'hold'; readonly attempt: number }
  | { readonly step: 'confirm'; readonly by: StepBy; readonly attempt: number }
  | { readonly step: 'pack' }
  | { readonly step: 'ship'; readonly by: StepBy; readonly trackingNumber?: string; readonly carrier?: string }
  | { readonly step: 'deliver'; readonly by: StepBy; readonly reason?: string }
  | { readonly step: 'settle'; readonly attempt: number }
  | { readonly step: 'openReturn'; readonly by: StepBy }
  | { readonly step: 'refund'; readonly by: StepBy; readonly attempt: number }
  /** All of it was given back, or a dispute was decided so, before the merchant was to be paid. */
  | { readonly step: 'givenBack'; readonly attempt: number }
  | { readonly step: 'startCancel'; readonly by: StepBy; readonly reason?: string }
  | {
      readonly step: 'cancel';
      readonly by: StepBy;
      readonly payment: 'given back' | 'never taken';
      readonly attempt: number;
      readonly reason?: string;
    }
  | { readonly step: 'failed'; readonly of: string; readonly attempt: number; readonly reason: string };

/** A row of the story before it is written. */
export type StoryLine = {
  readonly step: string;
  readonly status: StoryStatus;
  readonly attempt: number;
  readonly by: StepBy;
  readonly reason?: string;
};

export type Move = {
  readonly to: OrderState;
  readonly story: readonly [StoryLine, ...StoryLine[]];
  /** What both sides are told happened; a step without it is not announced. */
  readonly announce?: string;
  /** Nothing is left to do. */
  readonly closes?: true;
};

/** A step that the order's state does not allow: the workflow lost its way, or someone bypassed it. */
export class WrongMove extends Error {
  override readonly name = 'WrongMove';
}

/** The row that is in the story once a step has been recorded, whatever happened to the order since. */
const MARKS = {
  hold: ['payment', 'completed'],
  confirm: ['confirm', 'completed'],
  pack: ['pack', 'started'],
  ship: ['ship', 'completed'],
  deliver: ['deliver', 'completed'],
  settle: ['settle', 'completed'],
  openReturn: ['return', 'started'],
  refund: ['refund', 'completed'],
  givenBack: ['refund', 'completed'],
  startCancel: ['cancel', 'started'],
  cancel: ['cancel', 'completed'],
} as const satisfies Record<Exclude<OrderStep['step'], 'failed'>, readonly [string, StoryStatus]>;

/** Which row of the story tells that a step has been recorded before. */
export function markOf(step: OrderStep): { step: string; status: StoryStatus; attempt: number } {
  if (step.step === 'failed') return { step: step.of, status: 'failed', attempt: step.attempt };
  const [name, status] = MARKS[step.step];
  return { step: name, status, attempt: 1 };
}

/** The first rows of every story, written by checkout. */
export function checkoutStory(customer: StepBy, workflow: StepBy): readonly StoryLine[] {
  return [
    line('place', 'completed', customer),
    line('reserve', 'completed', workflow),
    line('payment', 'started', workflow),
  ];
}

/** Beyond these statuses nothing was shipped, so an order can still be called off. */
const CANCELLABLE: readonly OrderStatus[] = ['pending', 'confirmed', 'processing'];

/**
 * Where a step takes an order, and what its story says then.
 *
 * @param workflow who writes what nobody asked for: the order's workflow
 * @throws {WrongMove} when the order is not where the step starts from
 */
export function nextMove(state: OrderState, step: OrderStep, workflow: StepBy): Move {
  switch (step.step) {
    case 'hold':
      need(state, step.step, ['pending']);
      return {
        to: state,
        story: [line('payment', 'completed', workflow, step.attempt), line('confirm', 'waiting', workflow)],
        announce: 'payment',
      };
    case 'confirm':
      need(state, step.step, ['pending']);
      return {
        to: { status: 'confirmed', paymentStatus: 'paid' },
        story: [line('confirm', 'completed', step.by), line('capture', 'completed', workflow, step.attempt)],
        announce: 'confirm',
      };
    case 'pack':
      need(state, step.step, ['confirmed']);
      return {
        to: { ...state, status: 'processing' },
        story: [line('pack', 'started', workflow), line('ship', 'waiting', workflow)],
        announce: 'pack',
      };
    case 'ship':
      need(state, step.step, ['processing']);
      return {
        to: { ...state, status: 'shipped' },
        story: [line('ship', 'completed', step.by), line('deliver', 'waiting', workflow)],
        announce: 'ship',
      };
    case 'deliver':
      need(state, step.step, ['shipped']);
      return {
        to: { ...state, status: 'delivered' },
        story: [line('deliver', 'completed', step.by, 1, step.reason), line('settle', 'waiting', workflow)],
        announce: 'deliver',
      };
    case 'settle':
      need(state, step.step, ['delivered']);
      return {
        to: state,
        story: [line('settle', 'completed', workflow, step.attempt)],
        announce: 'settle',
        closes: true,
      };
    case 'openReturn':
      need(state, step.step, ['delivered']);
      return {
        to: state,
        story: [line('return', 'started', step.by), line('return', 'waiting', workflow)],
        announce: 'return',
      };
    case 'refund':
      need(state, step.step, ['delivered']);
      return {
        to: { status: 'refunded', paymentStatus: 'refunded' },
        story: [line('return', 'completed', step.by), line('refund', 'completed', workflow, step.attempt)],
        announce: 'refund',
        closes: true,
      };
    case 'givenBack':
      need(state, step.step, ['delivered']);
      return {
        to: { status: 'refunded', paymentStatus: 'refunded' },
        story: [line('refund', 'completed', workflow, step.attempt)],
        announce: 'refund',
        closes: true,
      };
    case 'startCancel':
      need(state, step.step, CANCELLABLE);
      return { to: state, story: [line('cancel', 'started', step.by, 1, step.reason)] };
    case 'cancel':
      need(state, step.step, CANCELLABLE);
      return {
        to: { status: 'cancelled', paymentStatus: step.payment === 'given back' ? 'refunded' : 'failed' },
        story: [
          step.payment === 'given back'
            ? line('payment', 'compensated', workflow)
            : line('payment', 'failed', workflow, step.attempt, step.reason),
          line('reserve', 'compensated', workflow),
          line('cancel', 'completed', step.by, 1, step.reason),
        ],
        announce: 'cancel',
        closes: true,
      };
    case 'failed':
      return { to: state, story: [line(step.of, 'failed', workflow, step.attempt, step.reason)] };
    default:
      return unreachable(step);
  }
}

function need(state: OrderState, step: string, from: readonly OrderStatus[]): void {
  if (!from.includes(state.status)) throw new WrongMove(`${step} does not follow ${state.status}`);
}

function line(step: string, status: StoryStatus, by: StepBy, attempt = 1, reason?: string): StoryLine {
  return { step, status, by, attempt, ...(reason === undefined ? {} : { reason }) };
}

/** Who an order's workflow is in stories and audit. */
export function workflowActor(workflowId: string): StepBy {
  return { actor: 'system' satisfies OrderActor, actorId: workflowId };
}
