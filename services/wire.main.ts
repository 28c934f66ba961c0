import type { Config } from '#infrastructure/config/settings.ts';
import { authCalls } from '#shared/contracts/auth.ts';
import { commerceCalls } from '#shared/contracts/commerce.ts';
import { mediaCalls } from '#shared/contracts/media.ts';
import { messagingCalls } from '#shared/contracts/messaging.ts';
import { notificationsCalls } from '#shared/contracts/notifications.ts';
import { paymentsCalls } from '#shared/contracts/payments.ts';
import { verificationCalls } from '#shared/contracts/verification.ts';
import type { Call, Route } from '#shared/http/call.ts';
import type { Ground } from './ground.main.ts';
import { wireAuth } from './wire-auth.main.ts';
import { wireCommerce } from './wire-commerce.main.ts';
import { wireMedia } from './wire-media.main.ts';
import { wireMessaging } from './wire-messaging.main.ts';
import { wireNotifications } from './wire-notifications.main.ts';
import { wirePayments } from './wire-payments.main.ts';
import { wireVerification } from './wire-verification.main.ts';

export type Domain = Config['SERVICES'][number];

/** A service that runs in this process. */
export type WiredService = { readonly routes: readonly Route[]; readonly close?: () => Promise<void> };

/** The contract of each domain, for processes that do not run it. */
export const CALLS: { readonly [D in Domain]: readonly Call[] } = {
  auth: authCalls,
  messaging: messagingCalls,
  media: mediaCalls,
  payments: paymentsCalls,
  commerce: commerceCalls,
  verification: verificationCalls,
  notifications: notificationsCalls,
};

const WIRE: { readonly [D in Domain]: (ground: Ground) => WiredService | Promise<WiredService> } = {
  auth: wireAuth,
  messaging: wireMessaging,
  media: wireMedia,
  payments: wirePayments,
  commerce: wireCommerce,
  verification: wireVerification,
  notifications: wireNotifications,
};

/** Starts these services in this process. */
export async function wireServices(ground: Ground, domains: Iterable<Domain>) {
  const resources = new AsyncDisposableStack();
  const routes: Route[] = [];
  for (const domain of new Set(domains)) {
    const { routes: own, close } = await WIRE[domain](ground);
    routes.push(...own);
    if (close !== undefined) resources.defer(close);
  }
  return { routes, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}
