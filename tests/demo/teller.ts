import { styleText } from 'node:util';

/** Prints the story: who did what, and what came of it. */
export type Teller = {
  chapter(title: string): void;
  /** Someone does something. */
  does(who: string, what: string): void;
  /** What the system answered or showed. */
  shows(what: string): void;
  /** Where to look at it. */
  link(what: string, url: string): void;
};

export const teller: Teller = {
  chapter: (title) => console.log(`\n${styleText(['bold', 'cyan'], title)}`),
  does: (who, what) => console.log(`  ${styleText('bold', who.padEnd(8))} ${what}`),
  shows: (what) => console.log(`           ${styleText('green', what)}`),
  link: (what, url) => console.log(`           ${what}: ${styleText('underline', url)}`),
};

/** What the story says must be so. A demo that goes on after something is wrong shows nothing. */
export function mustBe<T>(actual: T, expected: T, what: string): void {
  if (actual !== expected) throw new Error(`${what}: expected ${String(expected)}, found ${String(actual)}`);
}
