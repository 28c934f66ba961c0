import { COUNTRY_FACTS, type Country } from '#shared/regions.ts';

/** Zones that were asked about; people live in a few of some 600. */
const ZONES_MAX = 1000;
const zones = new Map<string, boolean>();

/** Whether this machine knows an IANA zone. */
export function isZone(zone: string): boolean {
  const known = zones.get(zone);
  if (known !== undefined) return known;
  if (zones.size >= ZONES_MAX) zones.clear();
  const isOne = canTellTimeIn(zone);
  zones.set(zone, isOne);
  return isOne;
}

function canTellTimeIn(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** A zone that this machine does not know is no reason to say nothing: the country's is told instead, and else UTC. */
export function knownZone(zone: string, country: Country | undefined): string {
  if (isZone(zone)) return zone;
  return country === undefined ? 'UTC' : COUNTRY_FACTS[country].timezone;
}
