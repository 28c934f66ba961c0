import { MINUTE } from '#shared/time.ts';

/** A time of the day as `22:00`, on the recipient's clock. */
export type QuietHours = { readonly from: string; readonly to: string };

const MINUTES_OF_DAY = 24 * 60;
/** A clock that is put back shows two hours twice at most, and days of 25 hours are the longest. */
const SEARCH_MAX_MINUTES = 26 * 60;

const clocks = new Map<string, Intl.DateTimeFormat>();

/** The clock of a zone. There are some 400 zones, so the map is bounded. */
function clockOf(zone: string): Intl.DateTimeFormat {
  let clock = clocks.get(zone);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
    clocks.set(zone, clock);
  }
  return clock;
}

/** Minutes since midnight, on the clock of the zone. */
function minuteOfDay(at: Date, zone: string): number {
  return minutesOf(clockOf(zone).format(at));
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

/**
 * When it stops being quiet; undefined when it is not quiet at this moment. `from` belongs to the quiet hours, `to` does
 * not. On a day when the clock is changed the answer is still a moment at which it shows `to` or later.
 *
 * @param zone IANA
 */
export function quietUntil(at: Date, zone: string, { from, to }: QuietHours): Date | undefined {
  const [start, end] = [minutesOf(from), minutesOf(to)];
  if (!isInside(minuteOfDay(at, zone), start, end)) return undefined;
  // As the clock stands, the end is this far; where it is changed meanwhile, the guess is put right minute by minute.
  const whole = Math.floor(at.getTime() / MINUTE) * MINUTE;
  const guess = whole + ((end - minuteOfDay(at, zone) + MINUTES_OF_DAY) % MINUTES_OF_DAY) * MINUTE;
  let moment = guess;
  if (isInside(minuteOfDay(new Date(moment), zone), start, end)) {
    for (let step = 0; step < SEARCH_MAX_MINUTES && isInside(minuteOfDay(new Date(moment), zone), start, end); step++) {
      moment += MINUTE;
    }
    return new Date(moment);
  }
  // A clock that was put forward is past the end already: back to the first minute that is not quiet.
  while (moment - MINUTE > at.getTime() && !isInside(minuteOfDay(new Date(moment - MINUTE), zone), start, end)) {
    moment -= MINUTE;
  }
  return new Date(moment);
}

function isInside(minute: number, start: number, end: number): boolean {
  return start < end ? minute >= start && minute < end : minute >= start || minute < end;
}
