import type { Router } from 'express';

/** A company that the product talks to. A folder each; the list of them is in `sandbox.ts`. */
export type Provider = {
  /** In addresses (`/twilio/…`), faults, inbox entries and charges. */
  readonly name: string;
  readonly routes: Router;
};
