import { describe, expect, test } from 'vitest';
import { ORDER_STATUSES, type OrderStatus } from '#shared/contracts/commerce/order.ts';
import { checkoutStory, markOf, nextMove, type OrderStep, WrongMove, workflowActor } from './order-machine.ts';

const WORKFLOW = workflowActor('order-1');
const MERCHANT = { actor: 'merchant', actorId: 'm' } as const;
const CUSTOMER = { actor: 'customer', actorId: 'c' } as const;

/** Each step with the statuses that it may start from, and the one that it leads to, if it changes it. */
const STEPS: readonly { step: OrderStep; from: readonly OrderStatus[]; to?: OrderStatus }[] = [
  { step: { step: 'hold', attempt: 1 }, from: ['pending'] },
  { step: { step: 'confirm', by: MERCHANT, attempt: 1 }, from: ['pending'], to: 'confirmed' },
  { step: { step: 'pack' }, from: ['confirmed'], to: 'processing' },
  { step: { step: 'ship', by: MERCHANT }, from: ['processing'], to: 'shipped' },
  { step: { step: 'deliver', by: CUSTOMER }, from: ['shipped'], to: 'delivered' },
  { step: { step: 'settle', attempt: 1 }, from: ['delivered'] },
  { step: { step: 'openReturn', by: CUSTOMER }, from: ['delivered'] },
  { step: { step: 'refund', by: MERCHANT, attempt: 1 }, from: ['delivered'], to: 'refunded' },
  { step: { step: 'startCancel', by: CUSTOMER }, from: ['pending', 'confirmed', 'processing'] },
  {
    step: { step: 'cancel', by: CUSTOMER, payment: 'given back', attempt: 1 },
    from: ['pending', 'confirmed', 'processing'],
    to: 'cancelled',
  },
];

describe.each(STEPS)('$step.step', ({ step, from, to }) => {
  test.each(ORDER_STATUSES.filter((status) => !from.includes(status)))('does not follow %s', (status) => {
    expect(() => nextMove({ status, paymentStatus: 'paid' }, step, WORKFLOW)).toThrow(WrongMove);
  });

  test.each(from)('follows %s', (status) => {
    const move = nextMove({ status, paymentStatus: 'paid' }, step, WORKFLOW);
    expect(move.to.status).toBe(to ?? status);
  });

  test('leaves the row in the story that tells that it was taken', () => {
    const { story } = nextMove({ status: from[0]!, paymentStatus: 'paid' }, step, WORKFLOW);
    const mark = markOf(step);
    expect(story.map((line) => `${line.step} ${line.status}`)).toContain(`${mark.step} ${mark.status}`);
  });
});

test('a payment that was never taken ends as failed, one that was given back as refunded', () => {
  const pending = { status: 'pending', paymentStatus: 'pending' } as const;
  const cancel = { step: 'cancel', by: WORKFLOW, attempt: 3, reason: 'declined' } as const;
  const declined = nextMove(pending, { ...cancel, payment: 'never taken' }, WORKFLOW);
  expect(declined.to).toEqual({ status: 'cancelled', paymentStatus: 'failed' });
  expect(declined.story[0]).toMatchObject({ step: 'payment', status: 'failed', attempt: 3, reason: 'declined' });
  const returned = nextMove(pending, { ...cancel, payment: 'given back' }, WORKFLOW);
  expect(returned.to).toEqual({ status: 'cancelled', paymentStatus: 'refunded' });
});

test('only the end of an order closes it', () => {
  const closing = STEPS.filter(
    ({ step, from }) => nextMove({ status: from[0]!, paymentStatus: 'paid' }, step, WORKFLOW).closes,
  );
  expect(closing.map(({ step }) => step.step)).toEqual(['settle', 'refund', 'cancel']);
});

test('a failed try is told from any status and moves nothing', () => {
  for (const status of ORDER_STATUSES) {
    const state = { status, paymentStatus: 'pending' } as const;
    const move = nextMove(state, { step: 'failed', of: 'capture', attempt: 2, reason: 'TIMEOUT' }, WORKFLOW);
    expect(move.to).toEqual(state);
    expect(move.story).toMatchObject([{ step: 'capture', status: 'failed', attempt: 2, reason: 'TIMEOUT' }]);
  }
});

test('every story starts with the customer', () => {
  expect(checkoutStory(CUSTOMER, WORKFLOW)[0]).toMatchObject({ step: 'place', by: CUSTOMER });
});
