/**
 * Days of birth inside numbers. A number has two digits of the year, so the century is the one that makes its bearer
 * neither unborn nor older than a hundred.
 *
 * @param today `2026-11-24`
 * @returns `1977-03-05`, or undefined where there is no such day
 */
export function birthDayOf(year: string, month: string, day: string, today: string): string | undefined {
  for (const century of [Number(today.slice(0, 2)), Number(today.slice(0, 2)) - 1]) {
    const birth = `${century}${year}-${month}-${day}`;
    const at = Date.parse(`${birth}T00:00:00Z`);
    const exists = !Number.isNaN(at) && new Date(at).toISOString().startsWith(birth);
    if (exists && birth <= today) return birth;
  }
  return undefined;
}

/** Indonesia, NIK: DDMMYY from the seventh digit, 40 more on the day for women. */
export function birthDayInNik(number: string, today: string): string | undefined {
  const day = Number(number.slice(6, 8));
  return birthDayOf(
    number.slice(10, 12),
    number.slice(8, 10),
    String(day > 40 ? day - 40 : day).padStart(2, '0'),
    today,
  );
}

/** Malaysia, MyKad: YYMMDD at its start. */
export function birthDayInMyKad(number: string, today: string): string | undefined {
  return birthDayOf(number.slice(0, 2), number.slice(2, 4), number.slice(4, 6), today);
}
