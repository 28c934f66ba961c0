import type { ContractSet, Promised } from './contract-set.ts';
import { narrowings } from './narrowings.ts';

/** What a set of contracts would break for whoever reads events of the release before. */
export type Breach = { readonly event: string; readonly says: string };

/**
 * Compares the promises of the last release with those that are about to be made: whatever was written under the first must
 * be readable under the second (a registry calls that BACKWARD).
 */
export function breaches(released: ContractSet, promised: ContractSet): Breach[] {
  return Object.entries(released).flatMap(([type, versions]) =>
    Object.entries(versions).flatMap(([version, before]) => {
      const now = promised[type]?.[version];
      return breachesOf(before, now).map((says) => ({ event: `${type} v${version}`, says }));
    }),
  );
}

function breachesOf(before: Promised, now: Promised | undefined): string[] {
  if (now === undefined) {
    return ['is gone, while logs may hold events of it: keep it as an earlier version, or retire it'];
  }
  const found = narrowings(before.schema, now.schema).map(({ at, says }) => `${at}: ${says}`);
  if (before.key === now.key) return found;
  return [`its order was kept by ${before.key} and is by ${now.key}`, ...found];
}
