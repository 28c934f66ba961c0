import type { Locale } from '#shared/regions.ts';
import { notInGsm7, smsParts } from '#shared/sms-parts.ts';
import { oneLine } from '../clean.ts';
import { write } from '../message.ts';
import { type Sample, samples } from '../samples.ts';
import { SMS_PARTS_MAX, smsPrefix, typographicIn } from '../sms.ts';
import type { Template } from '../template.ts';
import { valuesFor } from '../values.ts';
import { schemaFor } from '../variables.ts';

/** What operators and regulators want of a text, and what keeps it cheap. */
export function checkSms(text: string, template: Template, language: Locale): string[] {
  const found: string[] = [];
  if (!text.includes('Tchat')) found.push('does not name the brand, as four of the six countries ask');
  if (/https?:|www\.|\b[\w-]+\.(?:com|net|org|app|my|ph|vn|th|id|sg)\b/iu.test(text)) {
    found.push('holds a link: Malaysia forbids them, the Philippines block them, Thailand wants them registered');
  }
  const typographic = typographicIn(text);
  if (typographic.length > 0) found.push(`holds ${typographic.join(' ')}, where what a typewriter has will do`);
  const outside = language === 'th' ? [] : notInGsm7(text);
  if (outside.length > 0)
    found.push(`holds ${outside.join(' ')}, which GSM-7 lacks: it would cost twice as many parts`);
  return found.length > 0 ? found : checkLength(text, template, language);
}

/** The most that a text of GSM-7 may come to with what it usually says; Thai has half the room. */
const USUAL_PARTS_MAX = 1;

function checkLength(text: string, template: Template, language: Locale): string[] {
  const usualMax = language === 'th' ? SMS_PARTS_MAX : USUAL_PARTS_MAX;
  const bounds = [
    { max: usualMax, sets: samples(template.variables), when: 'with usual values' },
    { max: SMS_PARTS_MAX, sets: samples(template.variables, language), when: 'with the longest values' },
  ];
  return bounds.flatMap(({ max, sets, when }) => {
    const parts = Math.max(...sets.map((sample) => partsWith(text, template, language, sample)));
    return parts <= max ? [] : [`comes to ${parts} parts ${when}, ${max} at most`];
  });
}

function partsWith(text: string, template: Template, language: Locale, sample: Sample): number {
  const { words } = template.texts[language];
  const setting = { locale: language, zone: 'Asia/Bangkok', way: 'sms', words } as const;
  const values = valuesFor(template.variables, schemaFor(template.variables).parse(sample), setting);
  return smsParts(smsPrefix('MY') + oneLine(write(text, language, values))).parts;
}
