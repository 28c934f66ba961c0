import { defineCall } from '../../http/call.ts';
import { verifyOtp } from './otp.ts';

export const changePhone = defineCall({
  name: 'changePhone',
  method: 'PUT',
  path: '/users/me/phone',
  summary:
    'Gives the account another number, with Step-Up and a code that was sent to it; logs in anew and ends all sessions before',
  tag: 'auth',
  access: 'user',
  body: verifyOtp.body.omit({ pin: true }),
  answers: verifyOtp.answers,
  refuses: ['STEP_UP_REQUIRED', 'ACCOUNT_IDLE'],
  rate: 'otp',
});
