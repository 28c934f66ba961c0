import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = new URL('../../', import.meta.url).pathname;

export type SeededUser = {
  readonly user_id: string;
  readonly phone_number: string;
  readonly access_token: string;
  readonly refresh_token: string;
  readonly wallet_id?: string;
  readonly shop_id?: string;
};

export type SeedOptions = {
  readonly users: number;
  readonly role?: 'user' | 'merchant' | 'ops' | 'auditor';
  /** As in `1000.00:THB`. */
  readonly balance?: string;
  readonly pin?: string;
};

/** Makes accounts with the seed command, in the cluster whose environment is given. */
export async function seed(env: Readonly<Record<string, string>>, options: SeedOptions): Promise<SeededUser[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tchat-seed-'));
  const out = join(folder, 'users.json');
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  try {
    await promisify(execFile)(process.execPath, [join(ROOT, 'infrastructure/seed/main.ts'), ...flags, '--out', out], {
      cwd: ROOT,
      env: { ...env },
    });
    return JSON.parse(await readFile(out, 'utf8')) as SeededUser[];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
