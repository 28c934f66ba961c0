import { z } from 'zod';
import { ROLES } from '../caller.ts';
import { ChallengeId, SessionId, UserId } from '../ids.ts';
import { Country } from '../regions.ts';
import { SmsProviderName } from '../contracts/auth/webhooks.ts';
import { defineEvent } from './event.ts';

export const OtpRequested = defineEvent(
  'auth.otp_requested',
  1,
  z.object({
    challenge_id: ChallengeId,
    country: Country,
    expires_at: z.iso.datetime(),
    web_host: z.string().max(253).optional().describe('The host of ours in whose page it was asked for.'),
  }),
  { says: 'A one-time code is to be delivered.', key: 'challenge_id' },
);

export const OtpVerified = defineEvent(
  'auth.otp_verified',
  1,
  z.object({ challenge_id: ChallengeId, country: Country }),
  { says: 'The code came back right, so nothing more needs to be delivered.', key: 'challenge_id' },
);

export const OtpDeliveryReported = defineEvent(
  'auth.otp_delivery_reported',
  1,
  z.object({
    challenge_id: ChallengeId,
    country: Country,
    provider: SmsProviderName,
    status: z.enum(['delivered', 'failed']),
    is_heard: z.boolean().optional().describe('Whoever leads the delivery is looking for it, and need not be told.'),
  }),
  { says: 'A provider knows what became of a text.', key: 'challenge_id' },
);

export const AccountCreated = defineEvent('auth.account_created', 1, z.object({ user_id: UserId, country: Country }), {
  says: 'An account came to be.',
  key: 'user_id',
});

export const LoggedIn = defineEvent(
  'auth.logged_in',
  1,
  z.object({
    user_id: UserId,
    session_id: SessionId,
    country: Country,
    new_device: z.boolean().describe('The account exists for longer than this device is known.'),
  }),
  { says: 'Someone logged in.', key: 'user_id' },
);

const REVOCATION_REASONS = [
  'logged_out',
  'revoked_by_user',
  'too_many_sessions',
  'refresh_token_reused',
  'phone_changed',
  'pin_reset',
  'pin_tries',
  'number_reassigned',
  'role_changed',
  'account_suspended',
  'account_deleted',
] as const;
export type RevocationReason = (typeof REVOCATION_REASONS)[number];

export const SessionRevoked = defineEvent(
  'auth.session_revoked',
  1,
  z.object({ user_id: UserId, session_id: SessionId, reason: z.enum(REVOCATION_REASONS) }),
  { says: 'A session ended before its time.', key: 'user_id' },
);

export const ProfileUpdated = defineEvent('auth.profile_updated', 1, z.object({ user_id: UserId }), {
  says: 'A profile changed; what changed is read from the account, since it is personal.',
  key: 'user_id',
});

export const PinSet = defineEvent(
  'auth.pin_set',
  1,
  z.object({
    user_id: UserId,
    is_first: z.boolean(),
    in_first_day: z.boolean().optional().describe('The account is not a day old: a first PIN is to be expected.'),
  }),
  { says: 'Someone set a PIN, the first or another one.', key: 'user_id' },
);

export const PinReset = defineEvent('auth.pin_reset', 1, z.object({ user_id: UserId }), {
  says: 'Someone who had forgotten their PIN has set another one with a code; limits are lowered for a day.',
  key: 'user_id',
});

export const PinEnded = defineEvent('auth.pin_ended', 1, z.object({ user_id: UserId }), {
  says: 'The PIN was wrong a hundred times in a row: it is no good until another one is set.',
  key: 'user_id',
});

export const AccountParked = defineEvent('auth.account_parked', 1, z.object({ user_id: UserId, country: Country }), {
  says: 'The number of an account that nobody had used for long has gone to somebody who could not prove the account.',
  key: 'user_id',
});

export const AccountReclaimed = defineEvent(
  'auth.account_reclaimed',
  1,
  z.object({ user_id: UserId, country: Country }),
  { says: 'An account was given another number by staff, who have seen who its owner is.', key: 'user_id' },
);

export const SigningKeyPublished = defineEvent(
  'auth.signing_key_published',
  1,
  z.object({
    kid: z.string(),
    signs_from: z.iso.datetime(),
    others_withdrawn: z.boolean().describe('The keys before are no good any more: one of them may have been stolen.'),
  }),
  { says: 'A key that signs access tokens from then on; its public half is in the JWKS already.', key: 'kid' },
);

export const SecondFactorEnrolled = defineEvent('auth.second_factor_enrolled', 1, z.object({ user_id: UserId }), {
  says: 'A second factor took effect, the first or the next one.',
  key: 'user_id',
});

export const SecondFactorEnded = defineEvent('auth.second_factor_ended', 1, z.object({ user_id: UserId }), {
  says: 'The second factor was wrong a hundred times in a row: it is no good until the role is given anew.',
  key: 'user_id',
});

export const RoleChanged = defineEvent('auth.role_changed', 1, z.object({ user_id: UserId, role: z.enum(ROLES) }), {
  says: 'Someone has another role.',
  key: 'user_id',
});

export const PhoneChanged = defineEvent(
  'auth.phone_changed',
  1,
  z.object({ user_id: UserId, change_id: z.uuid(), country: Country }),
  { says: 'The account has another number; which ones is read from the account.', key: 'user_id' },
);
