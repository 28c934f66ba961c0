import { digestOf } from '../digest.ts';
import type { Frames, KeptGroup } from '../kept.ts';
import type { Template } from '../template.ts';
import type { Fault } from './fault.ts';

const KEEP = 'run: npm run templates -- keep';

/** What must be so that a notification of earlier can be shown as it was. */
export function checkKept(
  catalogue: Readonly<Record<string, Template>>,
  frame: Frames,
  kept: { readonly groups: Readonly<Record<string, KeptGroup>>; readonly frames: Readonly<Record<string, Frames>> },
): Fault[] {
  const versions = Object.values(kept.groups).flatMap((group) =>
    Object.entries(group.versions).map(([template, numbered]) => ({ template, numbered, group })),
  );
  const changed = [
    ...Object.entries(kept.frames),
    ...Object.values(kept.groups).flatMap(({ said }) => Object.entries(said)),
  ].filter(([digest, content]) => digestOf(content) !== digest);
  return [
    ...changed.map(([digest]) => ({
      template: 'kept',
      part: digest,
      says: 'was changed; what was kept stays as it was said',
    })),
    ...versions.flatMap(({ template, numbered, group }) => checkNumbered(template, numbered, group, kept.frames)),
    ...Object.entries(catalogue).flatMap(([template, said]) => {
      const latest = Object.values(versions.find((one) => one.template === template)?.numbered ?? {}).at(-1);
      if (latest === undefined) return [{ template, says: `is not kept yet; ${KEEP}` }];
      if (latest.said !== digestOf(said)) return [{ template, says: `was changed without a new version; ${KEEP}` }];
      const isFramed = latest.frame === digestOf(frame);
      return isFramed ? [] : [{ template, says: `stands in another frame of e-mail than its version; ${KEEP}` }];
    }),
  ];
}

/** Versions are counted from one, and each says something that is there. */
function checkNumbered(
  template: string,
  numbered: KeptGroup['versions'][string],
  { said }: KeptGroup,
  frames: Readonly<Record<string, Frames>>,
): Fault[] {
  return Object.entries(numbered).flatMap(([number, version], place) => {
    if (Number(number) !== place + 1) return [{ template, says: `lacks version ${place + 1}` }];
    const isThere = Object.hasOwn(said, version.said) && Object.hasOwn(frames, version.frame);
    return isThere ? [] : [{ template, says: `lacks what version ${number} said` }];
  });
}
