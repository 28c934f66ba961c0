import { unreachable } from '#shared/errors.ts';
import type { OrderUpdateName, OrderUpdates } from '#shared/workflows/order.ts';

/**
 * Where an order's workflow is:
 * `paying` the money is being held; `confirming` the merchant is waited for; `capturing` the merchant accepted and the
 * money is being taken; `preparing` the merchant packs; `shipped`; `delivered` the customer may return it;
 * `returning` the merchant is waited for; `closing` the money goes to one side and nobody can change that.
 */
export type Phase =
  | 'paying'
  | 'confirming'
  | 'capturing'
  | 'preparing'
  | 'shipped'
  | 'delivered'
  | 'returning'
  | 'closing';

/** What people have asked for so far. */
export type Asked = { readonly [Name in OrderUpdateName]?: OrderUpdates[Name] | undefined };

/** In the order in which an order goes through them. */
const PHASES: readonly Phase[] = [
  'paying',
  'confirming',
  'capturing',
  'preparing',
  'shipped',
  'delivered',
  'returning',
  'closing',
];

/** The phases in which each step may be asked for. */
const OPEN_IN: Readonly<Record<OrderUpdateName, readonly Phase[]>> = {
  // A wallet is asked in a moment, so a merchant who is as fast as that is made to wait and not refused.
  confirm: ['paying', 'confirming'],
  cancel: ['paying', 'confirming', 'capturing', 'preparing'],
  ship: ['preparing'],
  deliver: ['shipped'],
  openReturn: ['delivered'],
  acceptReturn: ['returning'],
};

const BEFORE_CONFIRMATION: ReadonlySet<Phase> = new Set<Phase>(['paying', 'confirming', 'capturing']);
const BEFORE_SHIPPING: ReadonlySet<Phase> = new Set<Phase>([...BEFORE_CONFIRMATION, 'preparing']);

/** Why a step cannot be taken now, in words for people; undefined when it can. */
export function refusal(name: OrderUpdateName, phase: Phase, asked: Asked): string | undefined {
  if (asked.cancel !== undefined) return 'The order is being cancelled';
  if (!OPEN_IN[name].includes(phase)) return wrongPhase(name, phase);
  if (asked[name] !== undefined) return 'Someone else has asked for this, or in other words';
  if (name === 'cancel' && asked.ship !== undefined) return 'The order is being shipped';
  return undefined;
}

/** Whether the order may yet come to where a step can be taken that cannot be taken now. */
export function isEarly(name: OrderUpdateName, phase: Phase, asked: Asked): boolean {
  return asked.cancel === undefined && PHASES.indexOf(phase) < PHASES.indexOf(OPEN_IN[name][0]!);
}

function wrongPhase(name: OrderUpdateName, phase: Phase): string {
  switch (name) {
    case 'confirm':
      return 'The order has been confirmed';
    case 'cancel':
      return 'The order has been shipped; it can be returned once it is delivered';
    case 'ship':
      return BEFORE_CONFIRMATION.has(phase) ? 'The order has not been confirmed' : 'The order has been shipped';
    case 'deliver':
      return BEFORE_SHIPPING.has(phase) ? 'The order has not been shipped' : 'The order has been delivered';
    case 'openReturn':
      if (phase === 'closing') return 'The time for returns is over';
      return phase === 'returning' ? 'A return is open' : 'The order has not been delivered';
    case 'acceptReturn':
      return 'No return is open';
    default:
      return unreachable(name);
  }
}

/** Whether this is the step that was asked for before, by the same person in the same words: a double click. */
export function isRepeat<Name extends OrderUpdateName>(name: Name, wanted: OrderUpdates[Name], asked: Asked): boolean {
  const before = asked[name];
  if (before?.actorId !== wanted.actorId) return false;
  if (name !== 'ship') return true;
  const [first, second] = [before, wanted] as readonly OrderUpdates['ship'][];
  return first?.trackingNumber === second?.trackingNumber && first?.carrier === second?.carrier;
}
