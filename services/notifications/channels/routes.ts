import { GetPushKey, ListDevices, RegisterDevice, RemoveDevice } from '#shared/contracts/notifications/devices.ts';
import {
  ConfirmEmail,
  GetEmail,
  RemoveEmail,
  SetEmail,
  ShowConfirmEmail,
  ShowUnsubscribe,
  Unsubscribe,
} from '#shared/contracts/notifications/email.ts';
import { FindSuppressions, LiftSuppression, ListSuppressions } from '#shared/contracts/notifications/suppressions.ts';
import { ReportDelivery } from '#shared/contracts/notifications/webhooks.ts';
import { handle, type Route } from '#shared/http/call.ts';
import { pageOf } from '#shared/http/paging.ts';
import { linkPage } from './link-page.ts';
import { PAGE_WORDS } from './page-words.ts';
import type { ChannelsService } from './service.ts';

/** The HTTP calls about how notifications leave the house. */
export function channelsRoutes(channels: ChannelsService): Route[] {
  return [...deviceRoutes(channels), ...mailRoutes(channels), ...linkRoutes(channels), ...providerRoutes(channels)];
}

function deviceRoutes(channels: ChannelsService): Route[] {
  return [
    handle(RegisterDevice, ({ caller, body, facts }) => channels.registerDevice(caller, body, facts.idempotency)),
    handle(ListDevices, async ({ caller, query }) => {
      const { page, next_cursor } = pageOf(await channels.listDevices(caller), query);
      return { status: 200, body: { devices: page, next_cursor } };
    }),
    handle(RemoveDevice, async ({ caller, params }) => {
      await channels.removeDevice(caller, params.id);
      return { status: 204, body: undefined };
    }),
    handle(GetPushKey, async () => ({ status: 200, body: { public_key: channels.vapidPublicKey } })),
  ];
}

function mailRoutes(channels: ChannelsService): Route[] {
  return [
    handle(SetEmail, async ({ caller, body, facts }) => ({
      status: 202,
      body: await channels.setEmail(caller, body.address, facts.headers['step-up']),
    })),
    handle(GetEmail, async ({ caller }) => ({ status: 200, body: await channels.getEmail(caller) })),
    handle(RemoveEmail, async ({ caller, facts }) => {
      await channels.removeEmail(caller, facts.headers['step-up']);
      return { status: 204, body: undefined };
    }),
  ];
}

function linkRoutes(channels: ChannelsService): Route[] {
  return [
    handle(ShowConfirmEmail, async ({ query }) => {
      const { locale } = await channels.readConfirmLink(query.token);
      const { title, ask, button } = PAGE_WORDS[locale].confirm;
      return { status: 200, ...linkPage({ locale, title, paragraphs: [ask], button }) };
    }),
    handle(ConfirmEmail, async ({ query }) => {
      const { locale } = await channels.confirmEmail(query.token);
      return { status: 200, ...linkPage({ locale, title: PAGE_WORDS[locale].confirm.done, paragraphs: [] }) };
    }),
    handle(ShowUnsubscribe, async ({ query }) => ({
      status: 200,
      ...linkPage(await channels.showUnsubscribe(query.token)),
    })),
    handle(Unsubscribe, async ({ query }) => ({ status: 200, ...linkPage(await channels.unsubscribe(query.token)) })),
  ];
}

function providerRoutes(channels: ChannelsService): Route[] {
  return [
    handle(ReportDelivery, async ({ params, query, body, facts }) => {
      // As it came in: signatures cover it.
      const parts = Object.entries(query).filter(([, value]) => value !== undefined);
      const text = parts.map(([name, value]) => `${name}=${value}`).join('&');
      await channels.takeReport(params.provider, { headers: facts.headers, query: text, body });
      return { status: 204, body: undefined };
    }),
    handle(ListSuppressions, async ({ caller, query }) => ({
      status: 200,
      body: await channels.listSuppressions(caller, query),
    })),
    handle(FindSuppressions, async ({ caller, body }) => ({
      status: 200,
      body: await channels.findSuppressions(caller, body.address),
    })),
    handle(LiftSuppression, async ({ caller, params, body }) => ({
      status: 200,
      body: await channels.liftSuppression(caller, params.id, body.reason),
    })),
  ];
}
