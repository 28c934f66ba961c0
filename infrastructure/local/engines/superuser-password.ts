import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const PASSWORD_BYTES = 24;

/** The password that the superuser got when this data folder was made. */
export async function superuserPassword(dataDir: string): Promise<string> {
  const path = join(dataDir, 'postgres.password');
  const known = await readFile(path, 'utf8').catch(() => undefined);
  if (known !== undefined) return known;
  const password = randomBytes(PASSWORD_BYTES).toString('base64url');
  await writeFile(path, password, { mode: 0o600, flag: 'wx' });
  return password;
}
