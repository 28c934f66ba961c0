import type { NotificationChannel, NotificationType } from '#shared/contracts/notifications/notification.ts';
import type { Locale } from '#shared/regions.ts';

/** How a text reaches someone. */
export type Way = NotificationType;

/**
 * What a variable may be, and so how it is checked and written:
 *
 * - `name`: what someone or something is called by its owner, one line.
 * - `reference`: a number to refer to; of one of our ids the last eight digits are shown.
 * - `words`: a reason or the like, written by a person. A code that the template has words for is said in these.
 * - `prose`: several lines, written by staff.
 * - `count`, `money` (amount and currency as on the wire), `moment` (ISO 8601), `link` (https, in e-mail only).
 * - `yes_no`: for a choice.
 * - `oneOf`, `several`: of a list, said in the template's words for them or used for a choice.
 */
export type Kind =
  | 'name'
  | 'reference'
  | 'words'
  | 'prose'
  | 'count'
  | 'money'
  | 'moment'
  | 'link'
  | 'yes_no'
  | { readonly oneOf: readonly string[] }
  | { readonly several: readonly string[] };

/** Kinds by name. A name that ends in `?` may be left out; then `has_…` without the mark is what a text asks. */
export type Variables = Readonly<Record<string, Kind>>;

/** The texts of one language: ICU messages, plain text, without markup. */
export type Texts = {
  /** The title of push and inbox, and the subject of the e-mail unless that has its own. */
  readonly title: string;
  readonly body: string;
  /** Names the brand and keeps to GSM-7, but for Thai; absent where the template is never sent by SMS. */
  readonly sms?: string;
  readonly subject?: string;
  /** What the e-mail says after the body; an empty line between paragraphs. */
  readonly more?: string;
  /** What the button for the variable `link` says, in e-mail. */
  readonly button?: string;
  /** What the values of a variable are called in a sentence. */
  readonly words?: Readonly<Record<string, Readonly<Record<string, string>>>>;
};

export type TextPart = Exclude<keyof Texts, 'words'>;
export const TEXT_PARTS = ['title', 'body', 'sms', 'subject', 'more', 'button'] as const satisfies readonly TextPart[];

export type Template = {
  readonly channel: NotificationChannel;
  /** The ways that it may take; all of them where absent. */
  readonly ways?: readonly Way[];
  readonly variables: Variables;
  readonly texts: Readonly<Record<Locale, Texts>>;
};

export function waysOfTemplate({ ways }: Pick<Template, 'ways'>): readonly Way[] {
  return ways ?? ['email', 'sms', 'push', 'in_app'];
}

/** A variable with its mark of being optional read off. */
export function declared(variables: Variables): { name: string; kind: Kind; optional: boolean }[] {
  return Object.entries(variables).map(([key, kind]) => ({
    name: key.replace(/\?$/, ''),
    kind,
    optional: key.endsWith('?'),
  }));
}
