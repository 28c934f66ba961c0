import type { User } from '#shared/contracts/auth/user.ts';
import type { SessionId } from '#shared/ids.ts';
import type { Clock } from '#shared/time.ts';
import type { LoginDevice } from './login-store.ts';
import { pairId } from './refresh-token.ts';
import { accessLifeS, deviceKey } from './rules.ts';
import type { Secrets } from './secrets.ts';
import { type AccountRow, userOf } from './store.ts';
import type { Tokens } from './tokens.ts';
import type { TokenPair, VerifyOtp } from './verify-otp.ts';

type NewLoginPorts = {
  readonly secrets: Secrets;
  readonly tokens: Pick<Tokens, 'signAccess'>;
  readonly clock: Clock;
};

/** A session that was opened with a code: no second factor has been shown in it. */
type NewLogin = {
  readonly account: AccountRow;
  readonly sessionId: SessionId;
  readonly refreshToken: string;
  readonly limitedUntil: Date | undefined;
};

/** The device that logs in, as its session keeps it. */
export function deviceOf({ device, userAgent, ip }: VerifyOtp): LoginDevice {
  return { ...device, key: deviceKey(device.id), userAgent, ip };
}

/** What someone who has just logged in is given. */
export async function tokensFor(ports: NewLoginPorts, login: NewLogin): Promise<TokenPair & { user: User }> {
  const { account, sessionId, refreshToken, limitedUntil } = login;
  const issuedAt = ports.clock();
  const accessToken = await ports.tokens.signAccess({
    userId: account.id,
    sessionId,
    role: account.role,
    country: account.country_code,
    tokenId: pairId(ports.secrets, refreshToken),
    issuedAt,
    owesSecondFactor: true,
    limitedUntil,
  });
  return { accessToken, refreshToken, expiresInS: accessLifeS(issuedAt), user: userOf(account) };
}
