import { readFile, writeFile } from 'node:fs/promises';
import { settingsTable } from './settings-table.ts';

/** Writes the table of settings into docs/settings.md, below its introduction. */
const path = new URL('../../docs/settings.md', import.meta.url);
const [introduction = ''] = (await readFile(path, 'utf8')).split('| setting |');
await writeFile(path, introduction + settingsTable());
