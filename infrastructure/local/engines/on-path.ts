import { constants } from 'node:fs';
import { access, realpath } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { assertReachable } from '../storage/unprivileged.ts';

/** The first executable of this name on PATH. */
export async function onPath(name: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name);
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (folder !== '' && found) return path;
  }
  return undefined;
}

/** The first executable of this name on PATH, unless it lies where the engine user may not go, as in root's home. */
export async function engineOnPath(name: string): Promise<string | undefined> {
  const found = await onPath(name);
  if (found === undefined) return undefined;
  return assertReachable(await realpath(found)).then(
    () => found,
    () => undefined,
  );
}
