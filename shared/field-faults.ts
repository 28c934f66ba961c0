import type { z } from 'zod';
import type { FieldFault } from './errors.ts';

/** What a schema finds wrong, fault by fault, each at its field: the one telling of it for HTTP and for sockets. */
export function fieldFaults(error: z.ZodError): FieldFault[] {
  return error.issues.flatMap((issue) => faultsOf(issue, []));
}

function faultsOf(issue: z.core.$ZodIssue, above: readonly PropertyKey[]): FieldFault[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key].map(String).join('.'), message: 'is not a known field' }));
  }
  if (issue.code === 'invalid_union') {
    // The branch with the fewest faults is the one that was most likely meant.
    const closest = issue.errors.toSorted((one, other) => one.length - other.length)[0] ?? [];
    if (closest.length > 0) return closest.flatMap((inner) => faultsOf(inner, path));
  }
  return [{ path: path.map(String).join('.'), message: issue.message }];
}
