import { blockUser, reportUser, unblockUser } from '#shared/contracts/auth/contacts.ts';
import { sendOtp, verifyOtp } from '#shared/contracts/auth/otp.ts';
import { changePhone } from '#shared/contracts/auth/phone.ts';
import {
  listSessions,
  logOut,
  refreshSession,
  revokeOtherSessions,
  revokeSession,
} from '#shared/contracts/auth/sessions.ts';
import { resetPin, setPin, stepUp } from '#shared/contracts/auth/step-up.ts';
import { lookUpUsers, readProfile, updateProfile } from '#shared/contracts/auth/user.ts';
import { reportSmsDelivery } from '#shared/contracts/auth/webhooks.ts';
import { handle, type Request, type RequestFacts, type Route } from '#shared/http/call.ts';
import { pageOf } from '#shared/http/paging.ts';
import { secondFactorRoutes } from './second-factor/routes.ts';
import type { AuthService } from './service.ts';
import type { TokenPair, VerifyOtp } from './verify-otp.ts';

/** What clients call themselves is kept for the list of devices, and no more of it than a person would read. */
const USER_AGENT_MAX = 256;

/** The calls of identity, bound to its use cases. */
export function authRoutes(auth: AuthService): Route[] {
  return [
    ...loginRoutes(auth),
    ...sessionRoutes(auth),
    ...userRoutes(auth),
    ...contactRoutes(auth),
    ...stepUpRoutes(auth),
    ...secondFactorRoutes(auth.secondFactor),
  ];
}

function loginRoutes(auth: AuthService): Route[] {
  return [
    handle(sendOtp, async ({ body, facts }) => {
      const { phone_number: phoneNumber, country_code: country, locale: localeTag } = body;
      const sent = await auth.sendOtp({
        phoneNumber,
        country,
        localeTag,
        ip: facts.ip,
        origin: facts.headers['origin'],
      });
      const message = 'If the number can receive texts, a code is on its way';
      return { status: 200, body: { message, expires_in: sent.expiresInS, retry_after: sent.retryAfterS } };
    }),
    handle(verifyOtp, async ({ body, facts }) => {
      const { user, ...pair } = await auth.verifyOtp({ ...loginOf(body, facts), pin: body.pin });
      return { status: 200, body: { ...wire(pair), user } };
    }),
    handle(refreshSession, async ({ body, facts }) => {
      const pair = await auth.refreshSession({
        refreshToken: body.refresh_token,
        deviceId: body.device_id,
        ...origin(facts),
      });
      return { status: 200, body: wire(pair) };
    }),
    handle(reportSmsDelivery, async ({ params, query, body, facts }) => {
      // As it came in: signatures cover it.
      const parts = Object.entries(query).filter(([, value]) => value !== undefined);
      const text = parts.map(([name, value]) => `${name}=${value}`).join('&');
      await auth.reportSmsDelivery(params.provider, { headers: facts.headers, query: text, body });
      return { status: 204, body: undefined };
    }),
  ];
}

function sessionRoutes(auth: AuthService): Route[] {
  return [
    handle(logOut, async ({ caller }) => {
      await auth.logOut(caller);
      return { status: 200, body: { message: 'Logged out' } };
    }),
    handle(listSessions, async ({ caller, query }) => {
      const { page: sessions, next_cursor } = pageOf(await auth.listSessions(caller), query);
      return { status: 200, body: { sessions, next_cursor } };
    }),
    handle(revokeSession, async ({ caller, params, facts }) => {
      await auth.revokeSession(caller, params.id, facts.headers['step-up']);
      return { status: 204, body: undefined };
    }),
    handle(revokeOtherSessions, async ({ caller, facts }) => {
      return { status: 200, body: { revoked: await auth.revokeOtherSessions(caller, facts.headers['step-up']) } };
    }),
  ];
}

function userRoutes(auth: AuthService): Route[] {
  return [
    handle(readProfile, async ({ caller }) => ({ status: 200, body: await auth.readProfile(caller) })),
    handle(updateProfile, async ({ caller, body }) => {
      const {
        display_name: displayName,
        avatar_url: avatarUrl,
        presence_visible_to: presenceVisibleTo,
        ...rest
      } = body;
      return {
        status: 200,
        body: await auth.updateProfile(caller, { displayName, avatarUrl, presenceVisibleTo, ...rest }),
      };
    }),
    handle(changePhone, async ({ caller, body, facts }) => {
      const { user, ...pair } = await auth.changePhone(caller, loginOf(body, facts), facts.headers['step-up']);
      return { status: 200, body: { ...wire(pair), user } };
    }),
    handle(lookUpUsers, async ({ caller, body }) => {
      const accounts = await auth.lookUpUsers(caller, body.phone_numbers);
      const users = accounts.map(({ id, display_name, avatar_url, phone_number }) => {
        return { id, display_name, avatar_url, phone_number };
      });
      return { status: 200, body: { users } };
    }),
  ];
}

function contactRoutes(auth: AuthService): Route[] {
  return [
    handle(blockUser, async ({ caller, params, body }) => {
      await auth.blockUser(caller, params.id, body?.reason);
      return { status: 204, body: undefined };
    }),
    handle(unblockUser, async ({ caller, params }) => {
      await auth.unblockUser(caller, params.id);
      return { status: 204, body: undefined };
    }),
    handle(reportUser, async ({ caller, params, body }) => {
      await auth.reportUser(caller, params.id, body?.reason ?? '');
      return { status: 204, body: undefined };
    }),
  ];
}

function stepUpRoutes(auth: AuthService): Route[] {
  return [
    handle(setPin, async ({ caller, body }) => {
      await auth.setPin(caller, { pin: body.pin, stepUpToken: body.step_up_token });
      return { status: 204, body: undefined };
    }),
    handle(resetPin, async ({ caller, body }) => {
      const { user, ...pair } = await auth.resetPin(caller, { pin: body.pin, code: body.otp_code });
      return { status: 200, body: { ...wire(pair), user } };
    }),
    handle(stepUp, async ({ caller, body }) => {
      const { stepUpToken, expiresInS } = await auth.stepUp(caller, body.pin);
      return { status: 200, body: { step_up_token: stepUpToken, expires_in: expiresInS } };
    }),
  ];
}

function loginOf(body: Request<typeof changePhone>['body'], facts: RequestFacts): VerifyOtp {
  const { device_info: device } = body;
  return {
    phoneNumber: body.phone_number,
    country: body.country_code,
    code: body.otp_code,
    startsAnew: body.start_anew,
    device: { id: device?.device_id, platform: device?.platform, appVersion: device?.app_version },
    ...origin(facts),
  };
}

function origin({ ip, userAgent }: RequestFacts): { ip: string; userAgent: string } {
  return { ip, userAgent: userAgent.slice(0, USER_AGENT_MAX) };
}

function wire({ accessToken, refreshToken, expiresInS }: TokenPair) {
  return { access_token: accessToken, refresh_token: refreshToken, expires_in: expiresInS };
}
