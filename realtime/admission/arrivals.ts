import { networkOf } from '#shared/network-of.ts';
import { SECOND } from '#shared/time.ts';
import { Budget, type Rate } from '../session/budget.ts';

/** Addresses remembered at once; the one that came first is forgotten, with what it has spent. */
const ADDRESSES_MAX = 20_000;
/** Those who are sent away at once must not come back at once. */
const SPREAD_MS = 5 * SECOND;
const LOOPBACK = /^(127\.|::1$)/;

export type ArrivalRates = { readonly node: Rate; readonly address: Rate };

/**
 * How fast a node takes connections in. Every new one costs a look at its token and a reading of its dialogs, and after
 * the death of a node thousands come at once: those beyond the rate are told when to try again, each another time.
 *
 * One address may not use up what the node has for all. Loopback is our own gateway beside the node, when it is no
 * configured proxy, and stands for everyone behind it.
 *
 * @param random from 0 to 1
 */
export class Arrivals {
  readonly #rates: ArrivalRates;
  readonly #random: () => number;
  readonly #node: Budget;
  readonly #addresses = new Map<string, Budget>();

  constructor(rates: ArrivalRates, random: () => number = Math.random) {
    this.#rates = rates;
    this.#random = random;
    this.#node = new Budget(rates.node);
  }

  /** 0 for who may come in now, or the milliseconds after which to try again. */
  take(address: string, nowMs: number): number {
    const waitMs = this.#ofAddress(address)?.take(nowMs) ?? 0;
    const longestMs = waitMs > 0 ? waitMs : this.#node.take(nowMs);
    return longestMs > 0 ? Math.ceil(longestMs + this.#random() * SPREAD_MS) : 0;
  }

  #ofAddress(address: string): Budget | undefined {
    if (LOOPBACK.test(address)) return undefined;
    const network = networkOf(address);
    const known = this.#addresses.get(network);
    if (known !== undefined) return known;
    const [oldest] = this.#addresses.keys();
    if (oldest !== undefined && this.#addresses.size >= ADDRESSES_MAX) this.#addresses.delete(oldest);
    const made = new Budget(this.#rates.address);
    this.#addresses.set(network, made);
    return made;
  }
}
