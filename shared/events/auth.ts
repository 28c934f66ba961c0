import { z } from 'zod';
import { ROLES } from '../caller.ts';
import { ChallengeId, SessionId, UserId } from '../ids.ts';
import { Country } from '../regions.ts';
import { SmsProviderName } from '../contracts/auth/webhooks.ts';
import { defineEvent } from './event.ts';

/** A one-time code is to be delivered. Aggregate: the challenge. */
export const OtpRequested = defineEvent(
  'auth.otp_requested',
  1,
  z.object({
    challenge_id: ChallengeId,
    country: Country,
    expires_at: z.iso.datetime(),
    /** The host of ours in whose page it was asked for. */
    web_host: z.string().max(253).optional(),
  }),
);

/** The code came back right, so nothing more needs to be delivered. Aggregate: the challenge. */
export const OtpVerified = defineEvent(
  'auth.otp_verified',
  1,
  z.object({ challenge_id: ChallengeId, country: Country }),
);

/** A provider knows what became of a text. Aggregate: the challenge. */
export const OtpDeliveryReported = defineEvent(
  'auth.otp_delivery_reported',
  1,
  z.object({
    challenge_id: ChallengeId,
    country: Country,
    provider: SmsProviderName,
    status: z.enum(['delivered', 'failed']),
    /** Whoever leads the delivery is looking for it, and need not be told. */
    is_heard: z.boolean().optional(),
  }),
);

/** Aggregate: the user. */
export const AccountCreated = defineEvent('auth.account_created', 1, z.object({ user_id: UserId, country: Country }));

/** Aggregate: the user. */
export const LoggedIn = defineEvent(
  'auth.logged_in',
  1,
  z.object({
    user_id: UserId,
    session_id: SessionId,
    country: Country,
    /** The account exists for longer than this device is known. */
    new_device: z.boolean(),
  }),
);

const REVOCATION_REASONS = [
  'logged_out',
  'revoked_by_user',
  'too_many_sessions',
  'refresh_token_reused',
  'phone_changed',
  'role_changed',
  'account_suspended',
  'account_deleted',
] as const;
export type RevocationReason = (typeof REVOCATION_REASONS)[number];

/** Aggregate: the user. */
export const SessionRevoked = defineEvent(
  'auth.session_revoked',
  1,
  z.object({ user_id: UserId, session_id: SessionId, reason: z.enum(REVOCATION_REASONS) }),
);

/** Aggregate: the user. What changed is read from the account, since it is personal. */
export const ProfileUpdated = defineEvent('auth.profile_updated', 1, z.object({ user_id: UserId }));

/** Aggregate: the user. */
export const PinSet = defineEvent('auth.pin_set', 1, z.object({ user_id: UserId, is_first: z.boolean() }));

/** A key that signs access tokens from then on; its public half is in the JWKS already. Aggregate: the key. */
export const SigningKeyPublished = defineEvent(
  'auth.signing_key_published',
  1,
  z.object({
    kid: z.string(),
    signs_from: z.iso.datetime(),
    /** The keys before are no good any more: one of them may have been stolen. */
    others_withdrawn: z.boolean(),
  }),
);

/** A second factor took effect, the first or the next one. Aggregate: the user. */
export const SecondFactorEnrolled = defineEvent('auth.second_factor_enrolled', 1, z.object({ user_id: UserId }));

/** Aggregate: the user. */
export const RoleChanged = defineEvent('auth.role_changed', 1, z.object({ user_id: UserId, role: z.enum(ROLES) }));

/** The account has another number; which ones is read from the account. Aggregate: the user. */
export const PhoneChanged = defineEvent(
  'auth.phone_changed',
  1,
  z.object({ user_id: UserId, change_id: z.uuid(), country: Country }),
);
