import { errors, jwtVerify, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import { z } from 'zod';
import { type Caller, ROLES } from '#shared/caller.ts';
import { AppError } from '#shared/errors.ts';
import { SessionId, UserId } from '#shared/ids.ts';
import { Country } from '#shared/regions.ts';
import { scopesOf } from '#shared/scopes.ts';
import { type Clock, SECOND } from '#shared/time.ts';
import { ACCESS_TOKEN_LIFE_MS, accessLifeS, STEP_UP_LIFE_MS } from './rules.ts';
import type { SigningKeys } from './signing-keys.ts';
import type { PinMarks } from './step-up-mark.ts';

const ALGORITHM = 'EdDSA';
const AUDIENCE = 'tchat';
/** RFC 9068. */
const ACCESS_TYPE = 'at+jwt';
const STEP_UP_TYPE = 'step-up+jwt';
/** A process whose clock is behind by this much still takes what another has just signed. No token lives longer for it. */
const SKEW_MAX_S = 30;

/** What our headers say, and all that they may say: one that brings a key, or names where to get one, is none of ours. */
const OUR_HEADER = new Set(['alg', 'typ', 'kid']);

const ALWAYS = ['iss', 'aud', 'sub', 'sid', 'jti', 'iat', 'nbf', 'exp'];

const AccessClaims = z.object({
  sub: UserId,
  sid: SessionId,
  role: z.enum(ROLES),
  scope: z.string().max(200),
  country: Country,
  iat: z.number().int(),
  exp: z.number().int(),
  limited_until: z.number().int().optional(),
});

/** `pin` is the mark of the PIN that was proven. */
const StepUpClaims = z.object({ sub: UserId, sid: SessionId, pin: z.string() });

export type AccessGrant = Pick<Caller, 'userId' | 'sessionId' | 'role' | 'country'> & {
  /** Unique to the token; the same grant signed twice is the same token. */
  readonly tokenId: string;
  readonly issuedAt: Date;
  /** No second factor was shown: the token of a role that asks for one is good for showing it only. */
  readonly owesSecondFactor?: boolean;
  /** See {@link Caller}; one that is past when the token is issued is left out. */
  readonly limitedUntil?: Date | undefined;
  /** No token outlives its session; left out where the session has just begun. */
  readonly sessionEndsAt?: Date | undefined;
};

type StepUpCaller = Pick<Caller, 'userId' | 'sessionId' | 'country'>;

type TokensPorts = {
  readonly keys: SigningKeys;
  readonly issuer: string;
  readonly clock: Clock;
  readonly pins?: PinMarks;
};

/** What a good token says, and which of our keys has signed it. */
type Verified = { readonly payload: JWTPayload; readonly keyId: string };

export type Tokens = ReturnType<typeof makeTokens>;

/**
 * Signs and checks our JWTs: EdDSA only, one purpose per `typ`, every claim required. A key is found by `kid` among ours,
 * and a header that says more of keys is refused (RFC 8725).
 *
 * @param issuer the setting PUBLIC_URL
 * @param pins which PINs people have now; without it no step-up token is good
 */
export function makeTokens({ keys, issuer, clock, pins }: TokensPorts) {
  async function sign(type: string, claims: JWTPayload, issuedAt: Date, lifeS: number): Promise<string> {
    const iat = Math.floor(issuedAt.getTime() / SECOND);
    const { kid, key } = await keys.signer();
    return await new SignJWT({ ...claims, iss: issuer, aud: AUDIENCE, iat, nbf: iat, exp: iat + lifeS })
      .setProtectedHeader({ alg: ALGORITHM, typ: type, kid })
      .sign(key);
  }

  async function keyOf(header: JWTHeaderParameters) {
    const isOurs = Object.keys(header).every((name) => OUR_HEADER.has(name));
    const key = isOurs && header.kid !== undefined ? await keys.publicKey(header.kid) : undefined;
    if (key === undefined) throw new errors.JWKSNoMatchingKey();
    return key;
  }

  /** The skew is for the beginning only: a token ends when it says. */
  async function verify(token: string, typ: string, lifeMs: number, own: readonly string[] = []): Promise<Verified> {
    const now = clock();
    const { payload, protectedHeader } = await jwtVerify(token, keyOf, {
      algorithms: [ALGORITHM],
      typ,
      issuer,
      audience: AUDIENCE,
      requiredClaims: [...ALWAYS, ...own],
      maxTokenAge: lifeMs / SECOND,
      clockTolerance: SKEW_MAX_S,
      currentDate: now,
    });
    if (payload.exp! * SECOND <= now.getTime()) throw new errors.JWTExpired('the token has ended', payload, 'exp');
    return { payload, keyId: protectedHeader.kid! };
  }

  return {
    signAccess: async (grant: AccessGrant): Promise<string> => {
      const { userId, sessionId, role, country, tokenId, issuedAt, owesSecondFactor, limitedUntil } = grant;
      const scope = scopesOf(role, owesSecondFactor).join(' ');
      const claims = {
        sub: userId,
        sid: sessionId,
        jti: tokenId,
        role,
        scope,
        country,
        ...(limitedUntil !== undefined && limitedUntil > issuedAt
          ? { limited_until: Math.ceil(limitedUntil.getTime() / SECOND) }
          : {}),
      };
      return await sign(ACCESS_TYPE, claims, issuedAt, accessLifeS(issuedAt, grant.sessionEndsAt));
    },

    /** @throws {AppError} TOKEN_EXPIRED for one that was good, RETRY_LATER while nobody can know, else UNAUTHORIZED */
    verifyAccess: async (token: string): Promise<Caller> => {
      const own = ['role', 'scope', 'country'];
      const { payload, keyId } = await verify(token, ACCESS_TYPE, ACCESS_TOKEN_LIFE_MS, own).catch((cause: unknown) => {
        if (cause instanceof AppError) throw cause;
        throw new AppError(cause instanceof errors.JWTExpired ? 'TOKEN_EXPIRED' : 'UNAUTHORIZED', { cause });
      });
      const claims = AccessClaims.safeParse(payload);
      if (!claims.success) throw new AppError('UNAUTHORIZED', { cause: claims.error });
      const { sub, sid, role, scope, country, exp, limited_until: limitedUntil } = claims.data;
      return {
        userId: sub,
        sessionId: sid,
        role,
        country,
        expiresAt: new Date(exp * SECOND),
        keyId,
        scopes: scope.split(' '),
        ...(limitedUntil === undefined ? {} : { limitedUntil: new Date(limitedUntil * SECOND) }),
      };
    },

    /** A proof, good for five minutes, that the person behind this session knows their PIN. */
    signStepUp: async (caller: Pick<Caller, 'userId' | 'sessionId'>, mark: string): Promise<string> => {
      const claims = { sub: caller.userId, sid: caller.sessionId, jti: crypto.randomUUID(), pin: mark };
      return await sign(STEP_UP_TYPE, claims, clock(), STEP_UP_LIFE_MS / SECOND);
    },

    /** @throws {AppError} STEP_UP_REQUIRED unless the token is alive and was made for this session and its PIN of now */
    verifyStepUp: async (token: string | undefined, caller: StepUpCaller): Promise<void> => {
      if (token === undefined) throw new AppError('STEP_UP_REQUIRED');
      const { payload } = await verify(token, STEP_UP_TYPE, STEP_UP_LIFE_MS).catch((cause: unknown) => {
        if (cause instanceof AppError) throw cause;
        throw new AppError('STEP_UP_REQUIRED', { cause });
      });
      const claims = StepUpClaims.safeParse(payload);
      const { sub, sid, pin } = claims.data ?? {};
      const isTheirs = pin !== undefined && sub === caller.userId && sid === caller.sessionId;
      if (!isTheirs || pin !== (await pins?.of(caller))) throw new AppError('STEP_UP_REQUIRED');
    },
  };
}
