import { CATALOGUE, type TemplateName } from './catalogue.ts';
import { digestOf } from './digest.ts';
import { FRAME } from './frame.ts';
import { versionsOf } from './kept.ts';

const current = new Map<TemplateName, number>();

/** The number of what the catalogue says now: that of the latest kept version, or the next one while it is not kept. */
export function currentVersion(template: TemplateName): number {
  const known = current.get(template);
  if (known !== undefined) return known;
  const latest = Math.max(0, ...versionsOf(template).keys());
  const number = isKept(template, latest) ? latest : latest + 1;
  current.set(template, number);
  return number;
}

/** Whether this version says what the catalogue says now. */
export function isKept(template: TemplateName, version: number): boolean {
  const kept = versionsOf(template).get(version);
  return kept?.said === digestOf(CATALOGUE[template]) && kept.frame === digestOf(FRAME);
}
