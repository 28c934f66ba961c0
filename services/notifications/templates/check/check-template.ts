import { LOCALES, type Locale } from '#shared/regions.ts';
import { write } from '../message.ts';
import { samples } from '../samples.ts';
import { declared, type Template, TEXT_PARTS, type TextPart, type Texts, waysOfTemplate } from '../template.ts';
import { valuesFor } from '../values.ts';
import { schemaFor } from '../variables.ts';
import { LIMITS } from '../write-said.ts';
import { checkSms } from './check-sms.ts';
import { checkText } from './check-text.ts';
import type { Fault } from './fault.ts';
import { usesIn } from './uses.ts';

/** Everything that is wrong with a template, each fault at its language, part and variable. */
export function checkTemplate(name: string, template: Template): Fault[] {
  return LOCALES.flatMap((language) => {
    const texts: Texts | undefined = template.texts[language];
    if (texts === undefined) return [{ template: name, language, says: 'has no texts in this language' }];
    const at = (part: string) => (found: { variable?: string; says: string }) => ({
      template: name,
      language,
      part,
      ...found,
    });
    const faulty = TEXT_PARTS.flatMap((part) => checkPart(part, template, texts, language).map(at(part)));
    const words = checkWords(template, texts).map(at('words'));
    if (faulty.length > 0 || words.length > 0) return [...faulty, ...words];
    return [...checkLengths(template, texts, language), ...checkUsed(template, texts)].map((found) =>
      at(found.part)(found),
    );
  });
}

type Found = { readonly variable?: string; readonly says: string };

function checkPart(part: TextPart, template: Template, texts: Texts, language: Locale): Found[] {
  const text = texts[part];
  const isWanted = part === 'sms' ? waysOfTemplate(template).includes('sms') : template.texts.en?.[part] !== undefined;
  if (text === undefined) return isWanted ? [{ says: 'is missing' }] : [];
  if (!isWanted)
    return [{ says: part === 'sms' ? 'is for a way that this template never takes' : 'is there, but not in English' }];
  const found = checkText(text, { variables: template.variables, language, words: texts.words });
  if (found.length > 0) return found;
  const sms = part === 'sms' ? checkSms(text, template, language).map((says) => ({ says })) : [];
  return [...checkSameVariables(text, template.texts.en?.[part]), ...sms];
}

/** Every language says the same: where English names the carrier, Thai does. */
function checkSameVariables(text: string, english: string | undefined): Found[] {
  const [here, there] = [namesIn(text), namesIn(english ?? '')];
  return [
    ...[...there.difference(here)].map((variable) => ({ variable, says: 'is not used here, but in English it is' })),
    ...[...here.difference(there)].map((variable) => ({ variable, says: 'is used here, but not in English' })),
  ];
}

function namesIn(text: string): ReadonlySet<string> {
  try {
    return new Set(usesIn(text).map(({ name }) => name));
  } catch {
    // That it is no message is told where it stands.
    return new Set();
  }
}

/** Values of a list have words for all of them or none, and codes of reasons the same ones as in English. */
function checkWords({ variables, texts: { en } }: Template, { words = {} }: Texts): Found[] {
  return declared(variables).flatMap(({ name: variable, kind }) => {
    const given = Object.keys(words[variable] ?? {});
    const english = Object.keys(en?.words?.[variable] ?? {});
    const listed = typeof kind === 'string' ? english : 'oneOf' in kind ? kind.oneOf : kind.several;
    const wanted = english.length === 0 && given.length === 0 ? [] : listed;
    const missing = wanted.filter((value) => !given.includes(value));
    // A dictionary that templates share may know more than one of them needs.
    const unknown = typeof kind === 'string' ? given.filter((value) => !wanted.includes(value)) : [];
    return [
      ...missing.map((value) => ({ variable, says: `has no words for '${value}'` })),
      ...unknown.map((value) => ({ variable, says: `has words for '${value}', which it never is` })),
    ];
  });
}

/** A title or a push text that would be cut with what it usually says. */
function checkLengths(template: Template, texts: Texts, locale: Locale): (Found & { part: string })[] {
  const bounds = [
    { part: 'title', max: LIMITS.title.characters },
    { part: 'body', max: LIMITS.pushBody.characters },
  ] as const;
  return bounds.flatMap(({ part, max }) => {
    const lengths = samples(template.variables).map((sample) => {
      const checked = schemaFor(template.variables).parse(sample);
      const values = valuesFor(template.variables, checked, {
        locale,
        zone: 'Asia/Bangkok',
        way: 'push',
        words: texts.words,
      });
      return write(texts[part], locale, values).length;
    });
    const length = Math.max(...lengths);
    return length <= max ? [] : [{ part, says: `comes to ${length} characters with usual values, ${max} at most` }];
  });
}

/** A variable that nobody is shown is not needed; a link is shown by its button. */
function checkUsed({ variables }: Template, texts: Texts): (Found & { part: string })[] {
  const used = new Set(TEXT_PARTS.flatMap((part) => [...namesIn(texts[part] ?? '')]));
  return declared(variables).flatMap(({ name: variable, kind }) => {
    const isShown = kind === 'link' ? texts.button !== undefined : used.has(variable);
    return isShown
      ? []
      : [{ part: 'body', variable, says: kind === 'link' ? 'has no button that leads there' : 'is not used' }];
  });
}
