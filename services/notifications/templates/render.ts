import { invalid } from '#shared/errors.ts';
import { CATALOGUE, templateNamed } from './catalogue.ts';
import { currentVersion } from './current-version.ts';
import { FRAME } from './frame.ts';
import { type Frames, keptVersion, type Said } from './kept.ts';
import { type WriteOptions, writeSaid, type Written } from './write-said.ts';

export type Rendered = Written & {
  readonly template: string;
  /** Which of the template's versions this is, for explaining it later. */
  readonly version: number;
};

export type RenderOptions = WriteOptions & {
  /** One of earlier, for explaining what was sent; the present one where absent. */
  readonly version?: number | undefined;
};

/**
 * Writes a notification in its recipient's language, for one way. With a `version` it writes as that one did, also of
 * templates that are no more.
 *
 * @throws {AppError} VALIDATION_ERROR naming the variable that is missing or wrong, or the template, way or version
 */
export function render(template: string, { version, ...options }: RenderOptions): Rendered {
  const source = version === undefined ? current(template) : ofVersion(template, version);
  return { template, version: source.version, ...writeSaid(source.said, source.frames, options) };
}

type Source = { readonly said: Said; readonly frames: Frames; readonly version: number };

function current(name: string): Source {
  const template = templateNamed(name);
  return { said: CATALOGUE[template], frames: FRAME, version: currentVersion(template) };
}

function ofVersion(template: string, version: number): Source {
  const kept = keptVersion(template, version);
  if (kept === undefined) throw invalid('version', `is not a version of ${template}`);
  return { ...kept, version };
}
