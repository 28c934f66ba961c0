import {
  isArgumentElement,
  isDateElement,
  isNumberElement,
  isPluralElement,
  isSelectElement,
  isTimeElement,
  type MessageFormatElement,
  parse,
} from '@formatjs/icu-messageformat-parser';

/** One place where a message uses a variable. */
export type Use = {
  readonly name: string;
  readonly as: 'argument' | 'date' | 'time' | 'number' | 'plural' | 'ordinal' | 'select';
  /** `long` of `{at, date, long}`. */
  readonly style?: string | undefined;
  /** What a choice or a plural tells apart. */
  readonly options?: readonly string[];
  /** The variables that are known to be given here, because a choice has asked. */
  readonly given: ReadonlySet<string>;
};

/** Where a message uses which variable. @throws {Error} when it is no ICU message */
export function usesIn(text: string): Use[] {
  const elements = parse(text, { ignoreTag: true, requiresOtherClause: true });
  return usesOf(elements, new Set());
}

function usesOf(elements: readonly MessageFormatElement[], given: ReadonlySet<string>): Use[] {
  return elements.flatMap((element): Use[] => {
    if (isArgumentElement(element)) return [{ name: element.value, as: 'argument', given }];
    if (isDateElement(element)) return [{ name: element.value, as: 'date', style: styleOf(element.style), given }];
    if (isTimeElement(element)) return [{ name: element.value, as: 'time', style: styleOf(element.style), given }];
    if (isNumberElement(element)) return [{ name: element.value, as: 'number', style: styleOf(element.style), given }];
    if (!isPluralElement(element) && !isSelectElement(element)) return [];
    const options = Object.keys(element.options);
    const inside = Object.entries(element.options).flatMap(([option, { value }]) =>
      usesOf(value, option === 'yes' ? new Set([...given, element.value.replace(/^has_/, '')]) : given),
    );
    const as = isSelectElement(element) ? 'select' : element.pluralType === 'ordinal' ? 'ordinal' : 'plural';
    return [{ name: element.value, as, options, given }, ...inside];
  });
}

function styleOf(style: unknown): string | undefined {
  return style === null || style === undefined ? undefined : typeof style === 'string' ? style : 'a skeleton';
}
