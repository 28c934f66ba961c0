import type { Locale } from '#shared/regions.ts';

/** What is wrong with a template, and where. */
export type Fault = {
  readonly template: string;
  readonly language?: Locale;
  /** `title`, `sms`, `words`. */
  readonly part?: string;
  readonly variable?: string;
  readonly says: string;
};

/** `orders.shipped · th · sms · {carrier}: is not used here, but in English it is`. */
export function faultText({ template, language, part, variable, says }: Fault): string {
  const place = [template, language, part, variable === undefined ? undefined : `{${variable}}`];
  return `${place.filter((step) => step !== undefined).join(' · ')}: ${says}`;
}
