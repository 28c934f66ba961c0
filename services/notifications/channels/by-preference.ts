import { AppError } from '#shared/errors.ts';
import type { NotificationId } from '#shared/ids.ts';
import type { Country } from '#shared/regions.ts';
import type { Sql } from '#shared/sql.ts';
import type { Outcome } from '../ports.ts';
import { type Call, handOver } from './hand-over.ts';
import type { ChannelsPorts, Ranking } from './ports.ts';
import { type Attempt, attemptsOf } from './store/attempts.ts';

export type ToHandOver<Provider> = {
  readonly notificationId: NotificationId;
  readonly way: 'email' | 'sms';
  readonly country: Country;
  readonly urgent: boolean;
  readonly call: (provider: Provider) => Call;
  /** Runs once before the first provider is called; what it answers ends the matter. */
  readonly admit?: () => Promise<Outcome | undefined>;
};

/** What came of it; `nobody`: the address has no reader. */
export type Handled = Outcome | { readonly kind: 'nobody'; readonly provider: string; readonly reason: string };

/** Attempts after which a provider has it, or may. */
const OPEN: ReadonlySet<Attempt['state']> = new Set(['sending', 'unknown', 'accepted', 'delivered']);

/**
 * Hands something to the first provider that takes it. Where it is safe to, the next is asked: one that refused or was not
 * reached does not have it, and one that reported a failure did not bring it.
 *
 * @throws {AppError} UPSTREAM_UNAVAILABLE when no provider could be reached now, or somebody else is at it
 */
export async function byPreference<Provider extends { readonly name: string }>(
  ports: Pick<ChannelsPorts, 'log' | 'meters'>,
  sql: Sql,
  ranking: Ranking<Provider>,
  { notificationId, way, country, urgent, call, admit }: ToHandOver<Provider>,
): Promise<Handled> {
  const before = new Map((await attemptsOf(sql, { notificationId, way })).map((one) => [one.provider, one]));
  const isOpen = ({ name }: Provider) => OPEN.has(before.get(name)?.state ?? 'refused');
  const ranked = await ranking.ranked(country);
  // A provider that may have it is looked at first, or the next in order would send it a second time.
  const inOrder = ranked.toSorted((a, b) => Number(isOpen(b)) - Number(isOpen(a)));
  // One more text costs as much again.
  if ([...before.values()].every(({ state }) => state === 'failed')) {
    const refusal = await admit?.();
    if (refusal !== undefined) return refusal;
  }
  let maybe: string | undefined;
  let failed: string | undefined;
  let retryAfterS: number | undefined;
  for (const provider of inOrder) {
    const { name } = provider;
    const key = { notificationId, way, target: '', provider: name };
    const result = await handOver(ports, sql, key, before.get(name), call(provider));
    if (result.outcome === 'under_way') throw unavailable(undefined);
    // How a provider does is noted where its report is taken.
    if (result.outcome === 'failed') {
      failed = name;
      continue;
    }
    await note(ranking, country, name, result);
    if (result.outcome === 'accepted') return { kind: 'sent', provider: name, providerRef: result.ref };
    if (result.outcome === 'unknown') {
      maybe ??= name;
      if (!urgent) break;
      continue;
    }
    if (result.blame === 'address') return { kind: 'nobody', provider: name, reason: result.reason };
    if (result.blame === 'message') return { kind: 'refused', reason: `${name} ${result.reason}` };
    retryAfterS = Math.min(retryAfterS ?? Infinity, result.retryAfterS ?? Infinity);
  }
  if (maybe !== undefined) return { kind: 'sent', provider: maybe, providerRef: '' };
  if (failed !== undefined && retryAfterS === undefined) {
    return { kind: 'refused', reason: `${failed} reported that it failed` };
  }
  throw unavailable(retryAfterS);
}

async function note<Provider>(
  ranking: Ranking<Provider>,
  country: Country,
  name: string,
  result: { readonly outcome: string; readonly blame?: string; readonly isOfThisOne?: true },
): Promise<void> {
  if (result.outcome === 'accepted') await ranking.note(country, name, 'accepted');
  else if (result.isOfThisOne) return;
  else if (result.outcome === 'unknown' || result.blame === 'provider') await ranking.note(country, name, 'failed');
}

export function unavailable(retryAfterS: number | undefined): AppError {
  const isSaid = retryAfterS !== undefined && Number.isFinite(retryAfterS);
  return new AppError('UPSTREAM_UNAVAILABLE', {
    message: 'No provider could be reached',
    ...(isSaid ? { retryAfterS } : {}),
  });
}
