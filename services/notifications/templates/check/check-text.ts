import { unreachable } from '#shared/errors.ts';
import type { Locale } from '#shared/regions.ts';
import { oneLine } from '../clean.ts';
import { INTL_TAGS } from '../languages.ts';
import { STYLES } from '../message.ts';
import { declared, type Kind, type Texts, type Variables } from '../template.ts';
import { type Use, usesIn } from './uses.ts';

type Found = { readonly variable?: string; readonly says: string };
type Context = { readonly variables: Variables; readonly language: Locale; readonly words: Texts['words'] };

/** What can be wrong with a text whichever language it is in: markup, spelling of ICU, variables used as what they are not. */
export function checkText(text: string, context: Context): Found[] {
  const marks = checkMarks(text);
  try {
    return [...marks, ...usesIn(text).flatMap((use) => checkUse(use, context))];
  } catch (error) {
    return [...marks, { says: `is no ICU message: ${(error as Error).message}` }];
  }
}

function checkMarks(text: string): Found[] {
  const found: Found[] = [];
  if (/<|&(?:#?\w+);/u.test(text))
    found.push({ says: 'holds markup; texts are plain, the layout is the same for all' });
  if (/'[{}#<>|]|''/u.test(text))
    found.push({ says: 'holds an apostrophe that ICU reads as quoting; use ’ or other words' });
  if (text.split('\n').some((line) => oneLine(line) !== line)) {
    found.push({
      says: 'holds invisible characters, spaces in a row or at an end, or letters that are not composed (NFC)',
    });
  }
  if (text === '') found.push({ says: 'is empty' });
  return found;
}

function checkUse(use: Use, context: Context): Found[] {
  const variable = use.name;
  const all = declared(context.variables);
  if (use.name.startsWith('has_')) {
    const asked = all.find(({ name, optional }) => optional && `has_${name}` === use.name);
    if (asked === undefined) return [{ variable, says: 'asks for a variable that is not optional' }];
    return checkChoice(use, ['yes', 'no']);
  }
  const known = all.find(({ name }) => name === use.name);
  if (known === undefined) return [{ variable, says: 'is not a variable of this template' }];
  const unguarded = known.optional && !use.given.has(use.name);
  return [
    ...(unguarded
      ? [{ variable, says: `may be absent: put it into {has_${use.name}, select, yes {…} other {}}` }]
      : []),
    ...checkKind(use, known.kind, context),
  ];
}

/** How each kind may be used. */
function checkKind(use: Use, kind: Kind, { language, words }: Context): Found[] {
  const variable = use.name;
  if (typeof kind !== 'string') {
    if ('oneOf' in kind && use.as === 'select') return checkChoice(use, kind.oneOf);
    const isSaid = use.as === 'argument' && words?.[use.name] !== undefined;
    return isSaid ? [] : [{ variable, says: 'needs words in this language, or to be chosen by with select' }];
  }
  switch (kind) {
    case 'count':
      if (use.as === 'plural' || use.as === 'ordinal') return checkPlural(use, language);
      return use.as === 'number' && use.style === undefined
        ? []
        : [{ variable, says: 'is a number: {…, plural, …} or {…, number}' }];
    case 'moment':
      return checkMoment(use);
    case 'yes_no':
      return checkChoice(use, ['yes', 'no']);
    case 'link':
      return [{ variable, says: 'is a link: the button leads there, texts do not show it' }];
    case 'money':
      return checkPlain(use, 'an amount');
    case 'name':
    case 'reference':
    case 'words':
    case 'prose':
      return checkPlain(use, 'text');
    default:
      return unreachable(kind);
  }
}

function checkPlain({ name: variable, as }: Use, what: string): Found[] {
  return as === 'argument' ? [] : [{ variable, says: `is ${what}: write {${variable}}` }];
}

function checkChoice({ name: variable, as, options = [] }: Use, values: readonly string[]): Found[] {
  if (as !== 'select') return [{ variable, says: 'is for choosing: {…, select, …}' }];
  const unknown = options.filter((option) => option !== 'other' && !values.includes(option));
  return unknown.map((option) => ({ variable, says: `is never '${option}'` }));
}

function checkPlural({ name: variable, as, options = [] }: Use, language: Locale): Found[] {
  const type = as === 'ordinal' ? 'ordinal' : 'cardinal';
  const categories: readonly string[] = new Intl.PluralRules(INTL_TAGS[language], { type }).resolvedOptions()
    .pluralCategories;
  const told = options.filter((option) => !option.startsWith('='));
  const unknown = told.filter((option) => !categories.includes(option));
  const missing = categories.filter((category) => !told.includes(category));
  return [
    ...unknown.map((option) => ({
      variable,
      says: `has no plural '${option}' in this language, only ${categories.join(', ')}`,
    })),
    ...missing.map((category) => ({ variable, says: `lacks the plural '${category}' of this language` })),
  ];
}

function checkMoment({ name: variable, as, style = '' }: Use): Found[] {
  if (as !== 'date' && as !== 'time') return [{ variable, says: 'is a moment: {…, date, long} or {…, time, short}' }];
  const styles = Object.keys(STYLES[as]);
  return styles.includes(style)
    ? []
    : [{ variable, says: `has no style '${style}' as ${as}, only ${styles.join(', ')}` }];
}
