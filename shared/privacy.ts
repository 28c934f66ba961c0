import type { Country } from './regions.ts';

/**
 * What a request for one's data comes to: the words that every domain uses for what it gives and what it keeps.
 * Workflows carry them, so nothing here is personal.
 */

/** What an erasure leaves, and why. */
export const HELD = {
  ledger: 'Movements of money, under an id without a name: tax and payment law',
  orders: 'Orders with their prices, under an id without a name: tax law',
  audit: 'Who did what, under an id without a name: security and payment law',
  verification: 'What was shown to prove an identity: law against money laundering',
  messages: 'Messages that were delivered to others, without the name of who wrote them: they are theirs as well',
} as const;
export type HeldWhat = keyof typeof HELD;

/** `until` is an ISO 8601 moment; null where it is kept as long as others keep it. */
export type Held = { readonly what: HeldWhat; readonly until: string | null };

/** The domain keeps movements of money for seven years; some countries' laws want them for longer. */
const MONEY_YEARS: Readonly<Record<Country, number>> = { TH: 7, SG: 7, ID: 10, MY: 7, PH: 10, VN: 10 };

export function yearsAfter(at: Date, years: number): Date {
  const until = new Date(at);
  until.setUTCFullYear(until.getUTCFullYear() + years);
  return until;
}

/** Until when what happened at a moment with someone's money is kept. */
export function moneyKeptUntil(at: Date, country: Country): string {
  return yearsAfter(at, MONEY_YEARS[country]).toISOString();
}

/** A piece of what a domain has of a person. */
export type PersonalRecords = { readonly section: ExportSection; readonly records: readonly object[] };

const NIL = '00000000-0000-0000-0000-000000000000';

/** All that `read` finds of someone, in pages of `size`: each begins after the last id of the one before. */
export async function* inPages(
  section: ExportSection,
  size: number,
  read: (after: string) => Promise<readonly { readonly id: string }[]>,
): AsyncGenerator<PersonalRecords> {
  for (let after = NIL; ;) {
    const records = await read(after);
    yield { section, records };
    const last = records.at(-1);
    if (last === undefined || records.length < size) return;
    after = last.id;
  }
}

/** What a domain has come to in an erasure. */
export type Forgotten =
  | { readonly done: true; readonly held: readonly Held[] }
  /** Something personal is still needed, such as the address of a parcel under way: ask again later. */
  | { readonly done: false };

/**
 * What came of beginning an erasure. `on_hold`: the account is suspended, ask again later; `early`: not before `until`, an
 * ISO 8601 moment.
 */
export type ErasureBegun =
  | { readonly outcome: 'erased' | 'cancelled' | 'on_hold' }
  | { readonly outcome: 'early'; readonly until: string };

/** The parts of an export that are identity's own. */
export const ACCOUNT_SECTIONS = [
  'account',
  'sessions',
  'devices',
  'phone_changes',
  'blocks',
  'reports',
  'account_changes',
  'appeals',
  'privacy_requests',
] as const;

/** The parts of an export, in the order in which they are in the file. */
export const EXPORT_SECTIONS = [
  ...ACCOUNT_SECTIONS,
  'dialogs',
  'messages',
  'media',
  'wallets',
  'transactions',
  'money_requests',
  'orders',
  'reviews',
  'shops',
  'products',
  'verification',
  'notifications',
  'notification_preferences',
  'notification_addresses',
] as const;
export type ExportSection = (typeof EXPORT_SECTIONS)[number];

/** Whose data is asked for, by which request. */
export type PrivacySubject = { readonly requestId: string; readonly userId: string; readonly country: string };

/** Where the domains put what an export is to hold. */
export interface ExportSink {
  /**
   * Keeps a piece of a section, sealed. The same number again replaces it, so that a step that is repeated changes
   * nothing.
   *
   * @throws {AppError} CONFLICT when the request is not under way
   */
  put(requestId: string, section: ExportSection, number: number, records: readonly object[]): Promise<void>;
  /** Says that a section has so many pieces: what an earlier try left beyond them goes. */
  close(requestId: string, section: ExportSection, pieces: number): Promise<void>;
}
