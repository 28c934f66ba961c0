import type { z } from 'zod';
import { engines } from './settings/engines.ts';
import { events } from './settings/events.ts';
import { keys } from './settings/keys.ts';
import { limits } from './settings/limits.ts';
import { processes } from './settings/processes.ts';
import { providers } from './settings/providers.ts';
import { stores } from './settings/stores.ts';
import type { Setting } from './settings/setting.ts';

export type { Setting } from './settings/setting.ts';

/** Every setting of the product, by the name of its environment variable. The table in docs/settings.md is made from this. */
export const SETTINGS = {
  ...processes,
  ...stores,
  ...events,
  ...engines,
  ...providers,
  ...keys,
  ...limits,
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

/** The whole configuration, parsed: durations in milliseconds, lists as arrays. */
export type Config = { readonly [Name in SettingName]: z.output<(typeof SETTINGS)[Name]['schema']> };
