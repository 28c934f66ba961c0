import { errors, jwtVerify, type JWTPayload, SignJWT } from 'jose';
import { z } from 'zod';
import { type Caller, ROLES } from '#shared/caller.ts';
import { AppError } from '#shared/errors.ts';
import { SessionId, UserId } from '#shared/ids.ts';
import { Country } from '#shared/regions.ts';
import { type Clock, SECOND } from '#shared/time.ts';
import { ACCESS_TOKEN_LIFE_MS, STEP_UP_LIFE_MS } from './rules.ts';
import type { SigningKeys } from './signing-keys.ts';

const ALGORITHM = 'EdDSA';
const AUDIENCE = 'tchat';
/** RFC 9068. */
const ACCESS_TYPE = 'at+jwt';
const STEP_UP_TYPE = 'step-up+jwt';

const AccessClaims = z.object({
  sub: UserId,
  sid: SessionId,
  role: z.enum(ROLES),
  country: Country,
  iat: z.number().int(),
  exp: z.number().int(),
});

const StepUpClaims = z.object({ sub: UserId, sid: SessionId });

export type AccessGrant = Pick<Caller, 'userId' | 'sessionId' | 'role' | 'country'> & {
  /** Unique to the token; the same grant signed twice is the same token. */
  readonly tokenId: string;
  readonly issuedAt: Date;
};

export type Tokens = ReturnType<typeof makeTokens>;

/**
 * Signs and checks our JWTs: EdDSA only, one purpose per `typ`, every claim required, no clock tolerance. A key is
 * found by `kid` among ours; what a header says of keys is not looked at (RFC 8725).
 *
 * @param issuer the setting PUBLIC_URL
 */
export function makeTokens({ keys, issuer, clock }: { keys: SigningKeys; issuer: string; clock: Clock }) {
  async function sign(type: string, claims: JWTPayload, issuedAt: Date, lifeMs: number): Promise<string> {
    const iat = Math.floor(issuedAt.getTime() / SECOND);
    return await new SignJWT({ ...claims, iss: issuer, aud: AUDIENCE, iat, exp: iat + lifeMs / SECOND })
      .setProtectedHeader({ alg: ALGORITHM, typ: type, kid: keys.current.kid })
      .sign(keys.current.key);
  }

  async function verify(token: string, typ: string, requiredClaims: string[]): Promise<JWTPayload> {
    const keyOf = ({ kid }: { kid?: string }) => {
      const key = keys.publicKey(kid);
      if (key === undefined) throw new errors.JWKSNoMatchingKey();
      return key;
    };
    const options = { algorithms: [ALGORITHM], typ, issuer, audience: AUDIENCE, requiredClaims, currentDate: clock() };
    const { payload } = await jwtVerify(token, keyOf, options);
    return payload;
  }

  return {
    signAccess: async ({ userId, sessionId, role, country, tokenId, issuedAt }: AccessGrant): Promise<string> => {
      const claims = { sub: userId, sid: sessionId, jti: tokenId, role, country };
      return await sign(ACCESS_TYPE, claims, issuedAt, ACCESS_TOKEN_LIFE_MS);
    },

    /** @throws {AppError} TOKEN_EXPIRED for one that was good, UNAUTHORIZED for anything else */
    verifyAccess: async (token: string): Promise<Caller> => {
      const required = ['iss', 'aud', 'sub', 'sid', 'jti', 'iat', 'exp', 'role', 'country'];
      const payload = await verify(token, ACCESS_TYPE, required).catch((cause: unknown) => {
        throw new AppError(cause instanceof errors.JWTExpired ? 'TOKEN_EXPIRED' : 'UNAUTHORIZED', { cause });
      });
      const claims = AccessClaims.safeParse(payload);
      if (!claims.success) throw new AppError('UNAUTHORIZED', { cause: claims.error });
      const { sub, sid, role, country, exp } = claims.data;
      return { userId: sub, sessionId: sid, role, country, expiresAt: new Date(exp * SECOND) };
    },

    /** A proof, good for five minutes, that the person behind this session knows their PIN. */
    signStepUp: async (caller: Pick<Caller, 'userId' | 'sessionId'>): Promise<string> => {
      return await sign(STEP_UP_TYPE, { sub: caller.userId, sid: caller.sessionId }, clock(), STEP_UP_LIFE_MS);
    },

    /** @throws {AppError} STEP_UP_REQUIRED unless the token is alive and was made for this session */
    verifyStepUp: async (token: string | undefined, caller: Pick<Caller, 'userId' | 'sessionId'>): Promise<void> => {
      if (token === undefined) throw new AppError('STEP_UP_REQUIRED');
      const payload = await verify(token, STEP_UP_TYPE, ['iss', 'aud', 'sub', 'sid', 'iat', 'exp']).catch(
        (cause: unknown) => {
          throw new AppError('STEP_UP_REQUIRED', { cause });
        },
      );
      const claims = StepUpClaims.safeParse(payload);
      const isTheirs = claims.data?.sub === caller.userId && claims.data.sid === caller.sessionId;
      if (!isTheirs) throw new AppError('STEP_UP_REQUIRED');
    },
  };
}
