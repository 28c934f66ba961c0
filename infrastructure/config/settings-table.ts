import { SETTINGS, type Setting } from './settings.ts';

/** The table of every setting, as Markdown; docs/settings.md holds it, and a test holds the two together. */
export function settingsTable(): string {
  const rows = Object.entries<Setting>(SETTINGS).map(
    ([name, setting]) => `| \`${name}\` | ${fallbackOf(setting)} | ${setting.says} |`,
  );
  return ['| setting | default | what it is |', '| --- | --- | --- |', ...rows, ''].join('\n');
}

function fallbackOf({ secret, fallback }: Setting): string {
  if (secret === true) return '*secret*';
  if (fallback === undefined) return '*required*';
  return fallback === '' ? '*empty*' : `\`${fallback}\``;
}
