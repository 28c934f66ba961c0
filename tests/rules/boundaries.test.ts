import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const ROOT = new URL('../../', import.meta.url).pathname;
const OXLINT = join(ROOT, 'node_modules/.bin/oxlint');

type Planted = { readonly file: string; readonly line: string };

const FORBIDDEN: readonly Planted[] = [
  { file: 'shared/planted.ts', line: "import { sendOtp } from '#services/auth/send-otp.ts';" },
  { file: 'shared/planted.ts', line: "import { readFile } from 'node:fs/promises';" },
  { file: 'shared/planted.ts', line: "import express from 'express';" },
  { file: 'services/payments/planted.ts', line: "import { sendOtp } from '#services/auth/send-otp.ts';" },
  { file: 'services/payments/planted.ts', line: "import { sendOtp } from '../auth/send-otp.ts';" },
  {
    file: 'services/commerce/planted.ts',
    line: "import { openDatabase } from '#infrastructure/postgres/database.ts';",
  },
  { file: 'services/media/planted.ts', line: "import { makeMessaging } from '#services/messaging/service.ts';" },
  { file: 'services/messaging/planted.ts', line: "import { makeMedia } from '#services/media/service.ts';" },
  { file: 'activities/auth/planted.ts', line: "import { openDatabase } from '#infrastructure/postgres/database.ts';" },
  { file: 'workflows/auth/planted.ts', line: "import { makeAuthActivities } from '#activities/auth/activities.ts';" },
  { file: 'workflows/auth/planted.ts', line: "import { sendOtp } from '#services/auth/send-otp.ts';" },
  { file: 'workflows/auth/planted.ts', line: "import { newId } from '#shared/new-id.ts';" },
  { file: 'workflows/auth/planted.ts', line: "import { readFile } from 'node:fs/promises';" },
  { file: 'realtime/planted.ts', line: "import { makePayments } from '#services/payments/service.ts';" },
  { file: 'realtime/planted.ts', line: "import { openRedis } from '#infrastructure/redis/connect.ts';" },
  { file: 'gateway/planted.ts', line: "import { makeAuth } from '#services/auth/service.ts';" },
  { file: 'workers/planted.ts', line: "import { makeAuth } from '#services/auth/service.ts';" },
  { file: 'infrastructure/planted.ts', line: "import { makeAuth } from '#services/auth/service.ts';" },
  { file: 'client/planted.ts', line: "import { makeAuth } from '#services/auth/service.ts';" },
];

const ALLOWED: readonly Planted[] = [
  { file: 'shared/planted.ts', line: "import { z } from 'zod';" },
  { file: 'services/payments/planted.ts', line: "import { AppError } from '#shared/errors.ts';" },
  { file: 'workflows/auth/planted.ts', line: "import type { Steps } from '#activities/auth/activities.ts';" },
  { file: 'realtime/planted.ts', line: "import { makeMessaging } from '#services/messaging/service.ts';" },
  { file: 'infrastructure/planted.ts', line: "import type { Budgets } from '#services/auth/ports.ts';" },
  { file: 'gateway/main.ts', line: "import { makeAuth } from '#services/auth/service.ts';" },
  { file: 'gateway/wire-auth.main.ts', line: "import { makeAuth } from '#services/auth/service.ts';" },
];

/** What the linter says of one planted line under the project's own configuration. */
async function lint({ file, line }: Planted): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tchat-rules-'));
  try {
    await cp(join(ROOT, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
    await cp(join(ROOT, 'tsconfig.json'), join(folder, 'tsconfig.json'));
    await mkdir(join(folder, dirname(file)), { recursive: true });
    await writeFile(join(folder, file), `${line}\n`);
    const { stdout } = await promisify(execFile)(OXLINT, ['--format', 'unix', file], { cwd: folder }).catch(
      (error: { stdout: string }) => error,
    );
    return stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test.each(FORBIDDEN)('the linter refuses $line in $file', async (planted) => {
  expect(await lint(planted)).toMatch(/no-restricted-imports/);
});

test.each(ALLOWED)('the linter allows $line in $file', async (planted) => {
  expect(await lint(planted)).not.toMatch(/no-restricted-imports/);
});
