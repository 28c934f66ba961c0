import {
  confirmSecondFactor,
  enrolSecondFactor,
  readSecondFactor,
  recoverSecondFactor,
  verifySecondFactor,
} from '#shared/contracts/auth/second-factor.ts';
import { handle, type Route } from '#shared/http/call.ts';
import type { SecondFactorService } from './service.ts';
import type { Opened } from './show.ts';

export function secondFactorRoutes(factor: SecondFactorService): Route[] {
  return [
    handle(readSecondFactor, async ({ caller }) => {
      const { isEnrolled, isShown, recoveryCodesLeft } = await factor.read(caller);
      return { status: 200, body: { enrolled: isEnrolled, shown: isShown, recovery_codes_left: recoveryCodesLeft } };
    }),
    handle(enrolSecondFactor, async ({ caller, body }) => {
      const { secret, uri, expiresInS } = await factor.enrol(caller, body.enrolment_code);
      return { status: 200, body: { secret, otpauth_uri: uri, expires_in: expiresInS } };
    }),
    handle(confirmSecondFactor, async ({ caller, body }) => {
      const { recoveryCodes, ...token } = await factor.confirm(caller, body.code);
      return { status: 200, body: { ...opened(token), recovery_codes: [...recoveryCodes] } };
    }),
    handle(verifySecondFactor, async ({ caller, body }) => {
      return { status: 200, body: opened(await factor.verify(caller, body.code)) };
    }),
    handle(recoverSecondFactor, async ({ caller, body }) => {
      return { status: 200, body: opened(await factor.recover(caller, body.recovery_code)) };
    }),
  ];
}

function opened({ accessToken, expiresInS }: Opened) {
  return { access_token: accessToken, expires_in: expiresInS };
}
