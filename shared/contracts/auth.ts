import type { Call } from '../http/call.ts';
import { blockUser, reportUser, unblockUser } from './auth/contacts.ts';
import { sendOtp, verifyOtp } from './auth/otp.ts';
import { listSessions, logOut, refreshSession, revokeSession } from './auth/sessions.ts';
import { setPin, stepUp } from './auth/step-up.ts';
import { lookUpUsers, readProfile, updateProfile } from './auth/user.ts';
import { reportSmsDelivery } from './auth/webhooks.ts';

/** The calls of identity. */
export const authCalls = [
  sendOtp,
  verifyOtp,
  refreshSession,
  logOut,
  listSessions,
  revokeSession,
  readProfile,
  updateProfile,
  setPin,
  stepUp,
  lookUpUsers,
  blockUser,
  unblockUser,
  reportUser,
  reportSmsDelivery,
] as const satisfies readonly Call[];
