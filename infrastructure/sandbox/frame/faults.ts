/** What can go wrong with a request to a provider. */
export const REQUEST_FAULTS = ['timeout', 'error', 'reset_after_commit', 'slow'] as const;
/** What can go wrong with what a provider sends to us. */
export const WEBHOOK_FAULTS = ['duplicate_webhook', 'reorder_webhooks', 'drop_webhook', 'no_delivery_report'] as const;

type RequestFault = (typeof REQUEST_FAULTS)[number];
export type WebhookFault = (typeof WEBHOOK_FAULTS)[number];
type FaultKind = RequestFault | WebhookFault;

/** A fault of one provider: it strikes the next `count` times, or each time with the probability `rate`. */
export type Fault = {
  readonly target: string;
  readonly kind: FaultKind;
} & ({ readonly count: number; readonly rate?: never } | { readonly rate: number; readonly count?: never });

/** More than anyone sets by hand; a script that adds faults in a loop learns of its mistake. */
export const FAULTS_MAX = 1_000;

export interface Faults {
  /** False when there are {@link FAULTS_MAX} already. */
  add(fault: Fault): boolean;
  clear(): void;
  /** Those still to strike, in the order of their making; a count says how often it will strike yet. */
  list(): readonly Fault[];
  /** The kind that strikes now, if any: of those that apply here the earliest made comes first. Spends one of its count. */
  draw<Kind extends FaultKind>(target: string, kinds: readonly Kind[]): Kind | undefined;
}

export function makeFaults(random: () => number = Math.random): Faults {
  let faults: { fault: Fault; left: number }[] = [];

  return {
    add: (fault) => {
      if (faults.length >= FAULTS_MAX) return false;
      faults.push({ fault, left: fault.count ?? Number.POSITIVE_INFINITY });
      return true;
    },
    clear: () => {
      faults = [];
    },
    list: () => faults.map(({ fault, left }) => (fault.count === undefined ? fault : { ...fault, count: left })),
    draw: (target, kinds) => {
      for (const entry of faults) {
        const kind = kinds.find((applicable) => applicable === entry.fault.kind);
        if (kind === undefined || entry.fault.target !== target) continue;
        if (entry.fault.rate !== undefined && random() >= entry.fault.rate) continue;
        entry.left -= 1;
        if (entry.left === 0) faults = faults.filter((other) => other !== entry);
        return kind;
      }
      return undefined;
    },
  };
}
