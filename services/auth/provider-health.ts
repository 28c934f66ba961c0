import type { Log } from '#shared/log.ts';
import type { Country } from '#shared/regions.ts';
import type { Databases } from '#shared/sql.ts';
import { MINUTE, SECOND } from '#shared/time.ts';
import type { SmsProvider } from './ports.ts';
import { count, type HealthRules, skippedIn, takeProbe } from './provider-health-store.ts';

/**
 * More than four fresh failures that outweigh the successes skip a provider for half a minute; each failed try afterwards
 * doubles that, up to ten minutes.
 */
const RULES: HealthRules = {
  halfLifeMs: MINUTE,
  badMax: 4,
  skipFirstMs: 30 * SECOND,
  skipMaxMs: 10 * MINUTE,
};
/** A probe is judged by its report, so it gets a little longer than the wait for one; then another may be sent. */
const PROBE_WITHIN_MS = 45 * SECOND;
/** How old a process's knowledge of the others' may be; and how long successes are gathered before they are written. */
const FRESH_MS = SECOND;

/** Where operators report so unreliably that silence says nothing: Indonesia. */
const SILENCE_MEANS_NOTHING: ReadonlySet<Country> = new Set(['ID']);

/** What happened to a text. `silent`: it was taken, and no report came in time. */
export type Happened = 'accepted' | 'delivered' | 'failed' | 'silent';

/**
 * How providers do, by country, over all processes.
 *
 * A provider is **trusted**, **skipped** until its time is over, or **probed**: then one text goes to it first, and decides.
 * Skipped means asked last, not never: when all fail, people still get the best that there is.
 */
export type ProviderHealth<Provider extends Ranked = SmsProvider> = {
  /** The providers of a country: texts before calls, trusted before skipped, and else in order of preference. */
  ranked(country: Country): Promise<readonly Provider[]>;
  /** Never rejects: a count that cannot be written is lost. */
  note(country: Country, provider: Provider['name'], happened: Happened): Promise<void>;
};

/** Whoever brings things to people, by a name that no other has. */
type Ranked = { readonly name: string; readonly channel: 'sms' | 'voice' | 'email' };

type Ports<Provider extends Ranked> = {
  readonly databases: Databases;
  /** Those that reach a country, in order of preference. */
  readonly providers: (country: Country) => readonly Provider[];
  readonly metrics: { standing(country: Country, provider: Provider['name'], isSkipped: boolean): void };
  readonly log: Log;
  /** Milliseconds of a clock that never goes back. */
  readonly nowMs?: () => number;
};

export function makeProviderHealth<Provider extends Ranked = SmsProvider>(
  ports: Ports<Provider>,
): ProviderHealth<Provider> {
  const { databases, providers, metrics, log, nowMs = () => performance.now() } = ports;
  /** What the database said of a country, and when. */
  const known = new Map<Country, { readonly skipped: ReadonlySet<string>; readonly readAt: number }>();
  /** Successes that are not written yet, and when some were last. */
  const unwritten = new Map<string, { good: number; writtenAt: number }>();

  async function skipped(country: Country): Promise<ReadonlySet<string>> {
    const last = known.get(country);
    if (last !== undefined && nowMs() - last.readAt < FRESH_MS) return last.skipped;
    const database = databases.of(country);
    const found = await skippedIn(database, country);
    const names = new Set(found.map(({ provider }) => provider));
    known.set(country, { skipped: names, readAt: nowMs() });
    for (const { name } of providers(country)) metrics.standing(country, name, names.has(name));
    const due = found.find(({ isDue }) => isDue)?.provider;
    if (due === undefined || !(await takeProbe(database, { country, provider: due }, PROBE_WITHIN_MS))) return names;
    log.info({ country, provider: due }, 'a provider that was skipped is tried again');
    return names.difference(new Set([due]));
  }

  async function write(country: Country, provider: Provider['name'], counts: { good: number; bad: number }) {
    const { wasSkipped, isSkipped } = await count(databases.of(country), { country, provider }, counts, RULES);
    if (wasSkipped === isSkipped) return;
    known.delete(country);
    metrics.standing(country, provider, isSkipped);
    if (isSkipped) log.warn({ country, provider }, 'a provider fails and is skipped for a while');
    else log.info({ country, provider }, 'a provider works again');
  }

  /** Successes are many and change nothing by themselves, so they are written at most once a second. */
  async function gatherGood(country: Country, provider: Provider['name']): Promise<void> {
    const key = `${country} ${provider}`;
    const gathered = unwritten.get(key) ?? { good: 0, writtenAt: Number.NEGATIVE_INFINITY };
    unwritten.set(key, gathered);
    gathered.good += 1;
    if (nowMs() - gathered.writtenAt < FRESH_MS) return;
    const { good } = gathered;
    gathered.good = 0;
    gathered.writtenAt = nowMs();
    await write(country, provider, { good, bad: 0 });
  }

  return {
    ranked: async (country) => {
      const behind = await skipped(country);
      const weight = ({ channel, name }: Provider) => (channel === 'voice' ? 2 : 0) + (behind.has(name) ? 1 : 0);
      return providers(country).toSorted((a, b) => weight(a) - weight(b));
    },
    note: async (country, provider, happened) => {
      const saysNothing = SILENCE_MEANS_NOTHING.has(country) ? 'silent' : 'accepted';
      if (happened === saysNothing) return;
      const isGood = happened === 'accepted' || happened === 'delivered';
      await (isGood ? gatherGood(country, provider) : write(country, provider, { good: 0, bad: 1 })).catch(
        (err: unknown) => log.warn({ err, country, provider }, 'how a provider does could not be written down'),
      );
    },
  };
}
