import type { Router } from 'express';

/** A company that the product talks to. A folder each; the list of them is in `sandbox.ts`. */
export type Provider = {
  /** In addresses (`/twilio/…`), faults, inbox entries and charges. */
  readonly name: string;
  /** Parts of it that fail on their own, in faults; the name when not said. */
  readonly faultTargets?: readonly string[];
  readonly routes: Router;
};
