/** Events by name, with the type of what each carries. */
type EventMap = { [name: string]: unknown };

/** A typed emitter that runs in browsers and in Node. Listeners are called in the order of their registration. */
export class Listeners<Events extends EventMap> {
  readonly #byName = new Map<keyof Events, Set<(event: never) => void>>();

  /** Returns what ends the listening. */
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void {
    const listeners = this.#byName.get(name) ?? new Set();
    this.#byName.set(name, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    for (const listener of this.#byName.get(name) ?? []) listener(event as never);
  }
}
