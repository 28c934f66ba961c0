import { unreachable } from '#shared/errors.ts';
import type { Log } from '#shared/log.ts';
import type { Sql } from '#shared/sql.ts';
import { SECOND } from '#shared/time.ts';
import type { ChannelMeters, Found, Handed } from './ports.ts';
import { type Attempt, type AttemptKey, attemptsOf, claimAttempt, settleAttempt } from './store/attempts.ts';

/** No call to a provider takes longer: whoever claimed an attempt and lives has settled it by then. */
export const UNDER_WAY_MAX_MS = 45 * SECOND;

/**
 * What is known of an attempt in the end; `under_way`: somebody else is at it at this moment; `failed`: its provider had it,
 * and reported that it did not arrive.
 */
export type Result = Handed | { readonly outcome: 'under_way' } | { readonly outcome: 'failed' };

export type Call = {
  readonly send: () => Promise<Handed>;
  /** Asks the provider whether it has it, where it can tell. */
  readonly find?: (() => Promise<Found>) | undefined;
  /** The same twice is one to who reads it, so that it may be handed over again when nobody knows whether it was. */
  readonly isHarmless: boolean;
};

type Ports = { readonly log: Log; readonly meters: Pick<ChannelMeters, 'handed'> };

/**
 * Gives something to a provider once.
 *
 * The attempt is written down before the provider is called. What has it, or will never take it, is not called again;
 * what may have it is asked, where it can be, and otherwise stays `unknown` for good.
 *
 * @param before what is known of the attempt; undefined when there was none
 */
export async function handOver(
  ports: Ports,
  sql: Sql,
  key: AttemptKey,
  before: Attempt | undefined,
  call: Call,
): Promise<Result> {
  const known = before === undefined ? undefined : concluded(before);
  if (known !== undefined) return known;
  if (await claimAttempt(sql, key, { isHarmless: call.isHarmless, underWayMs: UNDER_WAY_MAX_MS })) {
    return await send(ports, sql, key, call);
  }
  const isInDoubt = before?.state === 'unknown' || before?.state === 'sending';
  if (!isInDoubt) return { outcome: 'under_way' };
  const settled = await ask(sql, key, call);
  if (settled.outcome !== 'refused') return settled;
  // It was never taken, so that it may be sent now.
  const isOurs = await claimAttempt(sql, key, { isHarmless: false, underWayMs: UNDER_WAY_MAX_MS });
  return isOurs ? await send(ports, sql, key, call) : { outcome: 'under_way' };
}

/** Calls the provider, and asks it when it did not answer. */
async function send({ log, meters }: Ports, sql: Sql, key: AttemptKey, call: Call): Promise<Result> {
  const answered = await call.send();
  if (!(await settleAttempt(sql, key, answered))) return (await reported(sql, key)) ?? answered;
  const handed = answered.outcome === 'unknown' && call.find !== undefined ? await ask(sql, key, call) : answered;
  meters.handed(key.way, key.provider, handed.outcome);
  if (handed.outcome !== 'accepted') {
    const { notificationId, provider } = key;
    log.warn({ notificationId, provider, reason: handed.reason }, 'a provider did not take a notification');
  }
  return handed;
}

/** What a report has said that was faster than the answer. */
async function reported(sql: Sql, key: AttemptKey): Promise<Result | undefined> {
  const all = await attemptsOf(sql, key);
  const mine = all.find(({ provider, target }) => provider === key.provider && target === key.target);
  const known = mine === undefined ? undefined : concluded(mine);
  return known?.outcome === 'under_way' ? undefined : known;
}

/** Of an attempt that was cut off, or never answered: what its provider says, or that nobody knows. */
async function ask(sql: Sql, key: AttemptKey, { find }: Call): Promise<Handed> {
  const handed = handedOf((await find?.()) ?? { outcome: 'unknown' });
  await settleAttempt(sql, key, handed);
  return handed;
}

function handedOf(found: Found): Handed {
  switch (found.outcome) {
    case 'found':
      return { outcome: 'accepted', ref: found.ref };
    case 'absent':
      return { outcome: 'refused', blame: 'provider', reason: 'it has no such thing' };
    case 'unknown':
      return { outcome: 'unknown', reason: 'nobody knows whether it was taken' };
    default:
      return unreachable(found);
  }
}

/** What needs no call, because it is known. */
function concluded({ state, blame, reason, ref, age_ms: ageMs }: Attempt): Result | undefined {
  switch (state) {
    case 'accepted':
    case 'delivered':
      return { outcome: 'accepted', ref: ref ?? '' };
    case 'failed':
      return { outcome: 'failed' };
    case 'refused':
      return blame === 'provider' ? undefined : { outcome: 'refused', blame: blame!, reason: reason ?? '' };
    case 'sending':
      return ageMs < UNDER_WAY_MAX_MS ? { outcome: 'under_way' } : undefined;
    case 'unknown':
      return undefined;
    default:
      return unreachable(state);
  }
}
