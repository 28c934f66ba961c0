import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { verifyOtp } from './otp.ts';
import { Pin } from './pin.ts';

/** Two dots' worth of base64url: longer than any token of ours. */
const StepUpToken = z.string().min(1).max(2_048);

export const setPin = defineCall({
  name: 'setPin',
  method: 'POST',
  path: '/auth/pin',
  summary: 'Sets the PIN; changing it needs a step-up token, and the first one a device that is not new',
  tag: 'auth',
  access: 'user',
  body: z.strictObject({ pin: Pin, step_up_token: StepUpToken.optional() }),
  answers: { 204: undefined },
  refuses: ['STEP_UP_REQUIRED'],
  rate: 'write',
});

export const resetPin = defineCall({
  name: 'resetPin',
  method: 'POST',
  path: '/auth/pin/reset',
  summary:
    'Sets another PIN in the place of a forgotten one, on a device that is not new, with a code that was sent to the number; logs in anew and ends all sessions before',
  tag: 'auth',
  access: 'user',
  body: z.strictObject({ pin: Pin, otp_code: verifyOtp.body.shape.otp_code }),
  answers: verifyOtp.answers,
  rate: 'otp',
});

export const stepUp = defineCall({
  name: 'stepUp',
  method: 'POST',
  path: '/auth/step-up',
  summary: 'Proves the PIN; the token goes into the Step-Up header of calls that move money',
  tag: 'auth',
  access: 'user',
  body: z.strictObject({ pin: Pin }),
  answers: {
    200: z.object({
      step_up_token: z.string(),
      /** Seconds that it lives. */
      expires_in: z.number().int(),
    }),
  },
  refuses: ['PIN_INVALID', 'PIN_LOCKED'],
  rate: 'write',
});
