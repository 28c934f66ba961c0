import { LOCALES } from '#shared/regions.ts';
import { CATALOGUE } from '../catalogue.ts';
import { FRAME } from '../frame.ts';
import { KEPT, KEPT_FRAMES } from '../kept.ts';
import { checkKept } from './check-kept.ts';
import { checkTemplate } from './check-template.ts';
import { checkText } from './check-text.ts';
import type { Fault } from './fault.ts';

/** Everything that is wrong with what people are told. */
export function checkCatalogue(): Fault[] {
  const frame = LOCALES.flatMap((language) =>
    Object.entries(FRAME[language]).flatMap(([part, text]) =>
      checkText(text, { variables: {}, language, words: undefined }).map((found) => ({
        template: 'frame',
        language,
        part,
        ...found,
      })),
    ),
  );
  const texts = Object.entries(CATALOGUE).flatMap(([name, template]) => checkTemplate(name, template));
  return [...frame, ...texts, ...checkKept(CATALOGUE, FRAME, { groups: KEPT, frames: KEPT_FRAMES })];
}
