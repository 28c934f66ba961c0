import { digestOf } from './digest.ts';
import type { Frames, KeptGroup } from './kept.ts';
import type { Template } from './template.ts';

/**
 * What is kept of a group once its templates say what they say now: the next version for each that says something new, or
 * stands in a new frame. Nothing that was kept is touched.
 */
export function keepGroup(kept: KeptGroup, templates: Readonly<Record<string, Template>>, frame: Frames): KeptGroup {
  const versions = { ...kept.versions };
  const said = { ...kept.said };
  for (const [name, template] of Object.entries(templates)) {
    const numbered = versions[name] ?? {};
    const now = { said: digestOf(template), frame: digestOf(frame) };
    const latest = Object.values(numbered).at(-1);
    if (latest?.said === now.said && latest.frame === now.frame) continue;
    versions[name] = { ...numbered, [Object.keys(numbered).length + 1]: now };
    said[now.said] = template;
  }
  return { versions, said };
}
