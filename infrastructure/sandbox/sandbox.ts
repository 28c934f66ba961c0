import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Log } from '#shared/log.ts';
import type { Clock } from '#shared/time.ts';
import { chargeRoutes } from './control/charge-routes.ts';
import { faultRoutes } from './control/fault-routes.ts';
import { inboxRoutes } from './control/inbox-routes.ts';
import { kycRoutes } from './control/kyc-routes.ts';
import { statementRoutes } from './control/statement-routes.ts';
import { webhookRoutes } from './control/webhook-routes.ts';
import { makeWorld, type World } from './frame/world.ts';
import { answerProblems, noSuchPath } from './problem.ts';
import { type ApnsAccount, startApnsServer } from './providers/apns/apns-server.ts';
import { type FcmAccount, makeFcm } from './providers/fcm/provider.ts';
import { type FxAccount, makeFx, type Fx } from './providers/fx/provider.ts';
import { makeRegistry, makeScreening } from './providers/identity/provider.ts';
import { makeOmise, type OmiseAccount } from './providers/omise/provider.ts';
import type { InfobipAccount } from './providers/infobip/messages.ts';
import { makeInfobip } from './providers/infobip/provider.ts';
import type { Provider } from './providers/provider.ts';
import { makeMailEvents, type MailEvents, type SesAccount } from './providers/ses/events.ts';
import { type MailAccounts, startMailServer } from './providers/ses/mail-server.ts';
import { mailRoutes, makeSes } from './providers/ses/provider.ts';
import type { TwilioAccount } from './providers/twilio/messages.ts';
import { makeTwilio } from './providers/twilio/provider.ts';
import type { VonageAccount } from './providers/vonage/messages.ts';
import { makeStripe, type StripeAccount } from './providers/stripe/provider.ts';
import { makeXendit, type XenditAccount } from './providers/xendit/provider.ts';
import { makeVonage } from './providers/vonage/provider.ts';
import { makeWebPush, type WebPush } from './providers/webpush/provider.ts';

export type SandboxOptions = {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** What the product calls itself to the outside: payment webhooks go to `{publicUrl}/api/v1/payments/webhooks/…`. */
  readonly publicUrl: string;
  /** What this server calls itself, in addresses that it gives away; where it listens when not said. */
  readonly ownUrl?: string | undefined;
  /** Where `publicUrl` is reached from here, when that is another address. */
  readonly callbackUrl?: string | undefined;
  readonly twilio: TwilioAccount;
  readonly vonage: VonageAccount;
  readonly infobip: InfobipAccount;
  readonly omise: OmiseAccount;
  readonly stripe: StripeAccount;
  readonly xendit: XenditAccount;
  /** The mail server, on a port of its own; 0 takes a free one. */
  readonly mail: SesAccount & { readonly port: number; readonly accounts: MailAccounts };
  readonly fcm: FcmAccount;
  /** Apple's push service, on a port of its own; 0 takes a free one. */
  readonly apns: ApnsAccount & { readonly port: number };
  readonly fx: FxAccount;
  readonly clock: Clock;
  readonly log: Log;
};

export type Sandbox = {
  readonly url: string;
  /** `smtp://127.0.0.1:4025` */
  readonly mailUrl: string;
  /** `http://127.0.0.1:4043`, HTTP/2 only. */
  readonly apnsUrl: string;
  /** Ends every connection, also those that a fault keeps silent, and sends nothing more. */
  stop(): Promise<void>;
};

/** The outside world: every provider under its name, and `/sandbox` to drive them. All of it is in memory. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { host, port, publicUrl, callbackUrl = publicUrl, ownUrl, clock, log, mail, apns } = options;
  const world = makeWorld({ publicUrl, callbackUrl, clock, log });
  // Known once the server listens; nothing asks before.
  let url = '';
  const own = () => ownUrl ?? url;
  const reports = `${publicUrl.replace(/\/$/, '')}/api/v1/notifications/webhooks/ses`;
  const mailEvents = makeMailEvents(world, mail, () => `${own()}/ses`, reports);
  const webPush = makeWebPush(world, () => `${own()}/webpush`);
  const fx = makeFx(world, options.fx);
  const app = sandboxApp(
    world,
    { providers: providersOf(world, options, mailEvents, webPush, fx), mailEvents, webPush, fx },
    log,
  );
  const server = await listen(app, host, port);
  const named = host.includes(':') ? `[${host}]` : host;
  url = `http://${named}:${(server.address() as AddressInfo).port}`;
  const mailServer = await startMailServer(world, mailEvents, { host, port: mail.port, accounts: mail.accounts });
  const apnsServer = await startApnsServer(world, apns, { host, port: apns.port });
  return {
    url,
    mailUrl: `smtp://${named}:${mailServer.port}`,
    apnsUrl: `http://${named}:${apnsServer.port}`,
    stop: async () => {
      world.stop();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await Promise.all([closed, mailServer.stop(), apnsServer.stop()]);
    },
  };
}

/** A new provider is a folder in `providers/` and a line here. */
function providersOf(
  world: World,
  { publicUrl, twilio, vonage, infobip, omise, stripe, xendit, fcm }: SandboxOptions,
  mailEvents: MailEvents,
  webPush: WebPush,
  fx: Fx,
): readonly Provider[] {
  const webhooks = `${publicUrl.replace(/\/$/, '')}/api/v1/payments/webhooks`;
  return [
    makeTwilio(world, twilio),
    makeVonage(world, vonage),
    makeInfobip(world, infobip),
    makeOmise(world, omise, `${webhooks}/omise`),
    makeStripe(world, stripe, `${webhooks}/stripe`),
    makeXendit(world, xendit, `${webhooks}/xendit`),
    makeRegistry(world),
    makeScreening(world),
    makeSes(mailEvents),
    makeFcm(world, fcm),
    webPush.provider,
    fx.provider,
  ];
}

type Parts = {
  readonly providers: readonly Provider[];
  readonly mailEvents: MailEvents;
  readonly webPush: WebPush;
  readonly fx: Fx;
};

function sandboxApp(world: World, { providers, mailEvents, webPush, fx }: Parts, log: Log): express.Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.get('/health/live', (_request, response) => {
    response.json({ status: 'live' });
  });
  app.get('/health/ready', (_request, response) => {
    response.json({ ready: true, checks: {} });
  });
  for (const { name, routes } of providers) app.use(`/${name}`, routes);
  const control = [
    inboxRoutes(world),
    chargeRoutes(world),
    faultRoutes(
      world,
      // Apple's service has no routes here.
      ['apns', ...providers.flatMap(({ name, faultTargets = [name] }) => faultTargets)],
    ),
    webhookRoutes(world),
    statementRoutes(world),
    kycRoutes(world),
    mailRoutes(world, mailEvents),
    webPush.control,
    fx.control,
  ];
  app.use('/sandbox', express.json({ limit: '100kb' }), ...control);
  app.use(noSuchPath);
  app.use(answerProblems(log));
  return app;
}

function listen(app: express.Express, host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = app.listen(port, host, (error) => {
      if (error === undefined) resolve(server);
      else reject(error);
    });
  });
}
