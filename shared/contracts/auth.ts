import type { Call } from '../http/call.ts';
import {
  appealSuspension,
  deleteAccount,
  deleteUser,
  listAppeals,
  listHeldErasures,
  readAccount,
  reinstateUser,
  rejectAppeal,
  suspendUser,
} from './auth/account-life.ts';
import { listAudit } from './auth/audit.ts';
import { blockUser, reportUser, unblockUser } from './auth/contacts.ts';
import { sendOtp, verifyOtp } from './auth/otp.ts';
import { changePhone } from './auth/phone.ts';
import {
  cancelPrivacyRequest,
  downloadExport,
  readPrivacyRequest,
  requestErasure,
  requestExport,
} from './auth/privacy.ts';
import {
  confirmSecondFactor,
  enrolSecondFactor,
  readSecondFactor,
  recoverSecondFactor,
  verifySecondFactor,
} from './auth/second-factor.ts';
import { listSessions, logOut, refreshSession, revokeOtherSessions, revokeSession } from './auth/sessions.ts';
import { resetPin, setPin, stepUp } from './auth/step-up.ts';
import { lookUpUsers, readProfile, updateProfile } from './auth/user.ts';
import { decideUserReport, listUserReports } from './auth/user-reports.ts';
import { reportSmsDelivery } from './auth/webhooks.ts';

/** The calls of identity. */
export const authCalls = [
  sendOtp,
  verifyOtp,
  refreshSession,
  logOut,
  listSessions,
  revokeSession,
  revokeOtherSessions,
  readSecondFactor,
  enrolSecondFactor,
  confirmSecondFactor,
  verifySecondFactor,
  recoverSecondFactor,
  readProfile,
  updateProfile,
  changePhone,
  setPin,
  resetPin,
  stepUp,
  lookUpUsers,
  blockUser,
  unblockUser,
  reportUser,
  reportSmsDelivery,
  deleteAccount,
  appealSuspension,
  readAccount,
  suspendUser,
  reinstateUser,
  deleteUser,
  listAppeals,
  listHeldErasures,
  rejectAppeal,
  listUserReports,
  decideUserReport,
  requestExport,
  requestErasure,
  readPrivacyRequest,
  cancelPrivacyRequest,
  downloadExport,
  listAudit,
] as const satisfies readonly Call[];
