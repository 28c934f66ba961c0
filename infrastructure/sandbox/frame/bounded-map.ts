/**
 * A map that forgets its oldest entries, so that a sandbox left running for weeks stays small.
 *
 * It keeps two generations: when the young one is full, the old one is dropped whole and the young one takes its
 * place. So between half of `sizeMax` and `sizeMax` of the latest writes are remembered, and every operation is O(1).
 */
export class BoundedMap<Key, Value> {
  readonly #youngMax: number;
  #young = new Map<Key, Value>();
  #old = new Map<Key, Value>();

  constructor(sizeMax: number) {
    this.#youngMax = Math.ceil(sizeMax / 2);
  }

  get(key: Key): Value | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  set(key: Key, value: Value): void {
    if (this.#young.size >= this.#youngMax && !this.#young.has(key)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }
}
