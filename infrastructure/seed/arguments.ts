import { parseArgs } from 'node:util';
import { z } from 'zod';
import { ROLES } from '#shared/caller.ts';
import { CURRENCIES, type Currency, type Money, positiveMoney } from '#shared/money.ts';

/** The most accounts of one run; each takes a row in four tables and a signed token. */
const USERS_MAX = 100_000;

const BALANCE = new RegExp(`^([0-9.]+):(${CURRENCIES.join('|')})$`);

const Balance = z.string().transform((text, context): Money => {
  const [, amount = '', currency] = BALANCE.exec(text) ?? [];
  const money = currency === undefined ? 'must look like 1000.00:THB' : positiveMoney(amount, currency as Currency);
  if (typeof money !== 'string') return money;
  context.addIssue({ code: 'custom', message: money });
  return z.NEVER;
});

const Arguments = z.object({
  users: z.coerce.number().int().min(1).max(USERS_MAX),
  role: z.enum(ROLES).default('user'),
  balance: Balance.optional(),
  pin: z
    .string()
    .regex(/^\d{6}$/, 'must be six digits')
    .optional(),
  out: z.string().min(1),
});

export type SeedArguments = z.output<typeof Arguments>;

const USAGE =
  'Usage: npm run seed -- --users N [--role user|merchant|ops|auditor] [--balance 1000.00:THB] [--pin 246810] --out FILE';

/** Reads the command line. @throws with one sentence a fault */
export function readArguments(args: readonly string[]): SeedArguments {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { users: text, role: text, balance: text, pin: text, out: text },
  });
  const parsed = Arguments.safeParse(values);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `  --${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`${USAGE}\n${faults.join('\n')}`);
}
