import type { Method } from '#shared/http/call.ts';

/** What stands at an address: one entry per method. */
type Place<Entry> = {
  readonly entries: Map<Method, Entry>;
  /** Names of the `{parameters}` in order. */
  readonly parameters: readonly string[];
};

type Branch<Entry> = { readonly words: Map<string, Branch<Entry>>; parameter?: Branch<Entry>; place?: Place<Entry> };

type Match<Entry> =
  | { readonly kind: 'found'; readonly entry: Entry; readonly params: Readonly<Record<string, string>> }
  /** The address exists, but not for this method. */
  | { readonly kind: 'other-methods'; readonly methods: readonly Method[] }
  | { readonly kind: 'none' };

export type RouteTable<Entry> = {
  find(method: string, path: string): Match<Entry>;
  /** Methods that an address takes, HEAD included where there is a GET; empty when there is no such address. */
  methodsOf(path: string): readonly string[];
};

/**
 * Finds calls by address in time that grows with the address, not with the number of calls, and knows which other
 * methods an address takes. A fixed word goes before a parameter: `/users/profile` before `/users/{id}`.
 *
 * @throws when two calls share a method and an address
 */
export function makeRouteTable<Entry>(
  entries: Iterable<{ readonly method: Method; readonly path: string; readonly entry: Entry }>,
): RouteTable<Entry> {
  const root: Branch<Entry> = { words: new Map() };
  for (const { method, path, entry } of entries) {
    const place = placeFor(root, path);
    if (place.entries.has(method)) throw new Error(`two calls at ${method} ${path}`);
    place.entries.set(method, entry);
  }
  return {
    find(method, path) {
      const values: string[] = [];
      const place = walk(root, path.split('/'), 1, values);
      if (place === undefined) return { kind: 'none' };
      const entry = place.entries.get((method === 'HEAD' ? 'GET' : method) as Method);
      if (entry === undefined) return { kind: 'other-methods', methods: [...place.entries.keys()] };
      return { kind: 'found', entry, params: named(place.parameters, values) };
    },
    methodsOf(path) {
      const methods = [...(walk(root, path.split('/'), 1, [])?.entries.keys() ?? [])];
      return methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
    },
  };
}

function placeFor<Entry>(root: Branch<Entry>, path: string): Place<Entry> {
  const parameters: string[] = [];
  let branch = root;
  for (const word of path.split('/').slice(1)) {
    const parameter = /^\{(\w+)\}$/.exec(word)?.[1];
    const next = (parameter === undefined ? branch.words.get(word) : branch.parameter) ?? { words: new Map() };
    if (parameter === undefined) branch.words.set(word, next);
    else {
      branch.parameter = next;
      parameters.push(parameter);
    }
    branch = next;
  }
  branch.place ??= { entries: new Map(), parameters };
  if (branch.place.parameters.join() !== parameters.join()) throw new Error(`${path} names its parameters differently`);
  return branch.place;
}

/** Follows the words from `at`; `values` gathers what stands where parameters are. */
function walk<Entry>(branch: Branch<Entry>, words: string[], at: number, values: string[]): Place<Entry> | undefined {
  const word = words[at];
  if (word === undefined) return branch.place;
  const fixed = branch.words.get(word);
  const found = fixed && walk(fixed, words, at + 1, values);
  if (found !== undefined || branch.parameter === undefined || word === '') return found;
  const depth = values.length;
  values.push(word);
  const place = walk(branch.parameter, words, at + 1, values);
  if (place === undefined) values.length = depth;
  return place;
}

function named(names: readonly string[], values: readonly string[]): Record<string, string> {
  const params: Record<string, string> = {};
  for (const [place, name] of names.entries()) params[name] = decoded(values[place]!);
  return params;
}

/** A `%` that encodes nothing stays as it was written, and fails the parameter's schema. */
function decoded(word: string): string {
  if (!word.includes('%')) return word;
  try {
    return decodeURIComponent(word);
  } catch {
    return word;
  }
}
