import { AppError } from '#shared/errors.ts';
import type { AuditEntry } from '#shared/events/event.ts';
import type { SessionId } from '#shared/ids.ts';
import { bringBackSuspended, tellRestored } from './account-life/restored.ts';
import { idleRefusal, parkAccount } from './idle-account.ts';
import { type Attempt, judgeGuesses, type Verdict } from './login-store.ts';
import { readPin } from './pin-store.ts';
import { proveDevice } from './pin-trust.ts';
import { proveAsStranger } from './prove-as-stranger.ts';
import type { VerifyOtp, VerifyOtpPorts } from './verify-otp.ts';

/** What a guess has come to, once nothing more is asked. */
export type Settled = Exclude<Verdict, { readonly outcome: 'restorable' | 'idle' }>;

/**
 * What becomes of a guess that was right and did nothing, because there is more to it than a login: its account was
 * deleted a while ago, or nobody has used it for long.
 *
 * @throws {AppError} ACCOUNT_IDLE, and as {@link proveAsStranger}
 */
export async function settled(
  ports: VerifyOtpPorts,
  attempt: Attempt,
  judged: Verdict,
  login: VerifyOtp,
): Promise<Settled> {
  if (judged.outcome === 'restorable') return await judgedAlone(ports, attempt, 'as it is');
  if (judged.outcome !== 'idle') return judged;
  const { id: userId, country_code: country } = judged.account;
  const noted = (action: string, outcome: AuditEntry['outcome']): AuditEntry => {
    return { actor: userId, action, subject: userId, region: country, outcome };
  };
  ports.otpMetrics.judged(country, 'idle');
  if (login.startsAnew === true) return await judgedAlone(ports, attempt, 'anew');
  if (login.pin === undefined) {
    const database = ports.databases.of(country);
    await database.transaction((tx) =>
      ports.outbox.append(tx, { audit: [noted('auth.idle_account_opened', 'refused')] }),
    );
    throw idleRefusal((await readPin(database, userId)) !== undefined);
  }
  await proveAsStranger(ports, { userId, country }, login.pin, (tx) =>
    ports.outbox.append(tx, { audit: [noted('auth.idle_account_opened', 'ok')] }),
  );
  return await judgedAlone(ports, attempt, 'proven');
}

/**
 * Judges a guess once more, alone: a right one brings its deleted account back, and calls off what was to become of it; or
 * opens the account whose PIN was proven; or leaves the account and starts anew.
 */
async function judgedAlone(
  ports: VerifyOtpPorts,
  attempt: Attempt,
  how: 'as it is' | 'proven' | 'anew',
): Promise<Settled> {
  const { outbox, revocations, accountIdleAfterMs: idleMs } = ports;
  const options = { idleMs, mayRestore: true, mayOpenIdle: how === 'proven' };
  const { verdict, ended } = await ports.databases.of(attempt.country).transaction(async (tx) => {
    const parked: SessionId[] = [];
    const suspended = how === 'anew' ? undefined : await bringBackSuspended(outbox, tx, attempt);
    if (suspended !== undefined) return { verdict: { outcome: suspended }, ended: parked };
    let [judged] = await judgeGuesses(tx, [attempt], options);
    if (judged?.outcome === 'idle' && how === 'anew') {
      parked.push(...(await parkAccount(outbox, tx, judged.account)).ids);
      [judged] = await judgeGuesses(tx, [attempt], options);
    }
    if (judged?.outcome === 'ok' && how === 'proven') await proveDevice(tx, attempt.session.id, judged.account.id);
    if (judged?.outcome === 'ok' && judged.isRestored) await tellRestored(outbox, tx, judged.account);
    return { verdict: judged!, ended: parked };
  });
  revocations.announce(ended);
  if (verdict.outcome === 'restorable') throw new Error('an account that may come back was not brought back');
  // Somebody deleted or idled it between the two judgements; the code is as good as before.
  if (verdict.outcome === 'idle') throw new AppError('RETRY_LATER', { retryAfterS: 1 });
  return verdict;
}
