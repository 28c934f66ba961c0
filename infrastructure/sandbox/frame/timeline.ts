/** Things in the order of their time, found by it. The oldest are forgotten: between half of `sizeMax` and `sizeMax` are kept. */
export class Timeline<Item> {
  readonly #sizeMax: number;
  readonly #timeOf: (item: Item) => Date;
  #items: Item[] = [];

  constructor(sizeMax: number, timeOf: (item: Item) => Date) {
    this.#sizeMax = sizeMax;
    this.#timeOf = timeOf;
  }

  /** `item` is no older than any that is here. */
  append(item: Item): void {
    if (this.#items.length >= this.#sizeMax) this.#items = this.#items.slice(this.#items.length / 2);
    this.#items.push(item);
  }

  /** Those from `from` to `to`, both included, oldest first. */
  between(from: Date, to: Date): Item[] {
    return this.#items.slice(this.#countBefore(from.getTime()), this.#countBefore(to.getTime() + 1));
  }

  /** How many are older than this, by halving. */
  #countBefore(timeMs: number): number {
    let low = 0;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const item = this.#items[middle];
      if (item !== undefined && this.#timeOf(item).getTime() < timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
