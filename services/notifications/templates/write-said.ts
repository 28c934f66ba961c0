import { AppError, invalid, unreachable } from '#shared/errors.ts';
import { fieldFaults } from '#shared/field-faults.ts';
import type { Country, Locale } from '#shared/regions.ts';
import { cut, lines, oneLine } from './clean.ts';
import { type Email, emailHtml, emailText } from './email.ts';
import type { Frames, Said } from './kept.ts';
import { languagesFor } from './languages.ts';
import { write } from './message.ts';
import { type Sms, smsOf } from './sms.ts';
import { type Texts, type Way, waysOfTemplate } from './template.ts';
import { valuesFor } from './values.ts';
import { schemaFor, type Value } from './variables.ts';
import { knownZone } from './zone.ts';

/** Characters as people count them. A push message may be 4096 bytes; these leave a quarter of it for ids and framing. */
export const LIMITS = {
  title: { characters: 100, bytes: 600 },
  pushBody: { characters: 240, bytes: 2400 },
  inboxBody: { characters: 1000, bytes: 10_000 },
  subject: { characters: 150, bytes: 900 },
} as const;

export type WriteOptions = {
  readonly way: Way;
  /** BCP 47: the recipient's; one that we do not speak falls back to the country's and to English. */
  readonly locale: string;
  /** The recipient's. Texts to Malaysian numbers begin otherwise. */
  readonly country?: Country | undefined;
  /** IANA. */
  readonly zone: string;
  /** What the template asks for, as on the wire. */
  readonly variables: Readonly<Record<string, unknown>>;
};

export type Written = {
  /** The language it is in, after the fallback. */
  readonly locale: Locale;
  /** One line; empty for SMS. */
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  readonly sms?: Sms['sms'];
};

/**
 * Writes what a version of a template says.
 *
 * @throws {AppError} VALIDATION_ERROR naming the variable that is missing or wrong, or the way that it does not take
 */
export function writeSaid(said: Said, frames: Frames, options: WriteOptions): Written {
  const { way, country } = options;
  if (!waysOfTemplate(said).includes(way)) throw invalid('way', 'is not one that this template takes');
  const locale = languagesFor(options.locale, country).find((language) => said.texts[language] !== undefined) ?? 'en';
  const texts = said.texts[locale]!;
  const checked = checkedBy(said, options.variables);
  const zone = knownZone(options.zone, country);
  const values = valuesFor(said.variables, checked, { locale, zone, way, words: texts.words });
  const say = (text: string): string => write(text, locale, values);

  switch (way) {
    case 'sms':
      return { locale, subject: '', ...smsOf(oneLine(say(texts.sms ?? texts.body)), country) };
    case 'push':
      return { locale, subject: titleOf(say(texts.title)), text: bounded(oneLine(say(texts.body)), LIMITS.pushBody) };
    case 'in_app':
      return { locale, subject: titleOf(say(texts.title)), text: bounded(lines(say(texts.body)), LIMITS.inboxBody) };
    case 'email': {
      const email = emailOf(texts, say, { said, frames, locale, link: checked['link'] });
      return { locale, subject: email.subject, text: emailText(email), html: emailHtml(email) };
    }
    default:
      return unreachable(way);
  }
}

function checkedBy({ variables }: Said, given: Readonly<Record<string, unknown>>): Record<string, Value | undefined> {
  const result = schemaFor(variables).safeParse(given);
  if (result.success) return result.data;
  const details = fieldFaults(result.error).map(({ path, message }) => ({ path: `variables.${path}`, message }));
  throw new AppError('VALIDATION_ERROR', { details });
}

function titleOf(title: string): string {
  return bounded(oneLine(title), LIMITS.title);
}

function bounded(text: string, { characters, bytes }: { characters: number; bytes: number }): string {
  return cut(text, characters, bytes);
}

type Around = {
  readonly said: Said;
  readonly frames: Frames;
  readonly locale: Locale;
  readonly link: Value | undefined;
};

function emailOf(texts: Texts, say: (text: string) => string, { said, frames, locale, link }: Around): Email {
  const paragraphs = [texts.body, ...(texts.more === undefined ? [] : [texts.more])];
  const isLinked = texts.button !== undefined && typeof link === 'string';
  return {
    locale,
    frame: (frames[locale] ?? frames.en)!,
    subject: bounded(oneLine(say(texts.subject ?? texts.title)), LIMITS.subject),
    words: paragraphs.map((paragraph) => lines(say(paragraph))).join('\n\n'),
    button: isLinked ? { label: oneLine(say(texts.button)), url: link } : undefined,
    isChosen: said.channel !== 'security' && said.channel !== 'account',
  };
}
