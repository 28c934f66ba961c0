import type { Country } from '#shared/regions.ts';
import { type Held, moneyKeptUntil, yearsAfter } from '#shared/privacy.ts';
import { DAY } from '#shared/time.ts';

/** By when a request is to be done: the shortest term of our countries' laws that fits all of them, in days. */
export const DUE_WITHIN_DAYS: Readonly<Record<Country, number>> = {
  TH: 30,
  SG: 30,
  ID: 30,
  // PDPA 2010 section 31: 21 days.
  MY: 21,
  PH: 30,
  // Decree 356/2025: 20 days with processors, which our providers are.
  VN: 20,
};

export function dueAt(createdAt: Date, country: Country): Date {
  return new Date(createdAt.getTime() + DUE_WITHIN_DAYS[country] * DAY);
}

const AUDIT_YEARS = 10;
/** What is told at once of what an erasure will leave; what each domain really has left is told when it is done. */
export function expectedHeld(at: Date, country: Country): Held[] {
  const money = moneyKeptUntil(at, country);
  return [
    { what: 'ledger', until: money },
    { what: 'orders', until: money },
    auditHeld(at),
    { what: 'messages', until: null },
  ];
}

/** The audit chain is nobody's to change. */
export function auditHeld(at: Date): Held {
  return { what: 'audit', until: yearsAfter(at, AUDIT_YEARS).toISOString() };
}
