import account from './kept/account.json' with { type: 'json' };
import email from './kept/email.json' with { type: 'json' };
import frames from './kept/frames.json' with { type: 'json' };
import kyb from './kept/kyb.json' with { type: 'json' };
import kyc from './kept/kyc.json' with { type: 'json' };
import messaging from './kept/messaging.json' with { type: 'json' };
import ops from './kept/ops.json' with { type: 'json' };
import orders from './kept/orders.json' with { type: 'json' };
import payments from './kept/payments.json' with { type: 'json' };
import security from './kept/security.json' with { type: 'json' };
import type { Locale } from '#shared/regions.ts';
import type { Frame } from './frame.ts';
import type { Template } from './template.ts';

/** The texts of one version. A language that came later is not in it. */
export type Said = Omit<Template, 'texts'> & { readonly texts: Readonly<Partial<Template['texts']>> };
export type Frames = Readonly<Partial<Record<Locale, Frame>>>;

/** What a version of a template was made of, by the digests of both. */
type Version = { readonly said: string; readonly frame: string };

/** All that was ever said by the templates of one group, and the versions that said it. Only ever added to. */
export type KeptGroup = {
  readonly versions: Readonly<Record<string, Readonly<Record<string, Version>>>>;
  readonly said: Readonly<Record<string, Said>>;
};

/** Written by `npm run templates -- keep`, never by hand; the check finds what was changed in them. */
export const KEPT = {
  messaging,
  security,
  payments,
  orders,
  kyc,
  kyb,
  account,
  email,
  ops,
} as unknown as Readonly<Record<string, KeptGroup>>;

export const KEPT_FRAMES = frames as unknown as Readonly<Record<string, Frames>>;

/** `orders` of `orders.shipped`. */
export function groupOf(name: string): string {
  return name.split('.')[0]!;
}

/** The versions of a template, by number. */
export function versionsOf(name: string): ReadonlyMap<number, Version> {
  const group = KEPT[groupOf(name)];
  const versions = group !== undefined && Object.hasOwn(group.versions, name) ? group.versions[name]! : {};
  return new Map(Object.entries(versions).map(([number, version]) => [Number(number), version]));
}

/** What a version said, and what stood around its e-mails. */
export function keptVersion(name: string, number: number): { said: Said; frames: Frames } | undefined {
  const version = versionsOf(name).get(number);
  if (version === undefined) return undefined;
  return { said: KEPT[groupOf(name)]!.said[version.said]!, frames: KEPT_FRAMES[version.frame]! };
}
