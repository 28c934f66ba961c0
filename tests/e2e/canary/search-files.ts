import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { foundIn, type Needle } from './forms.ts';

/** Where planted things are below a folder, bytes as they lie: `logs/gateway.log: the phone number`. */
export async function searchFiles(folder: string, needles: readonly Needle[]): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || (await stat(path)).size === 0) continue;
    const bytes = await readFile(path);
    // Latin-1 keeps each byte, so that what is planted is compared in bytes as well.
    const what = new Set([...foundIn(bytes.toString('utf8'), needles), ...foundIn(bytes.toString('latin1'), needles)]);
    found.push(...[...what].map((thing) => `${path.slice(folder.length + 1)}: ${thing}`));
  }
  return found;
}
