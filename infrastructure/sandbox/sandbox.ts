import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Log } from '#shared/log.ts';
import type { Clock } from '#shared/time.ts';
import { chargeRoutes } from './control/charge-routes.ts';
import { faultRoutes } from './control/fault-routes.ts';
import { inboxRoutes } from './control/inbox-routes.ts';
import { kycRoutes } from './control/kyc-routes.ts';
import { webhookRoutes } from './control/webhook-routes.ts';
import { makeWorld, type World } from './frame/world.ts';
import { answerProblems, noSuchPath } from './problem.ts';
import { makeRegistry, makeScreening } from './providers/identity/provider.ts';
import { makeOmise, type OmiseAccount } from './providers/omise/provider.ts';
import type { InfobipAccount } from './providers/infobip/messages.ts';
import { makeInfobip } from './providers/infobip/provider.ts';
import type { Provider } from './providers/provider.ts';
import type { TwilioAccount } from './providers/twilio/messages.ts';
import { makeTwilio } from './providers/twilio/provider.ts';
import type { VonageAccount } from './providers/vonage/messages.ts';
import { makeVonage } from './providers/vonage/provider.ts';

export type SandboxOptions = {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** What the product calls itself to the outside: payment webhooks go to `{publicUrl}/api/v1/payments/webhooks/…`. */
  readonly publicUrl: string;
  /** Where `publicUrl` is reached from here, when that is another address. */
  readonly callbackUrl?: string | undefined;
  readonly twilio: TwilioAccount;
  readonly vonage: VonageAccount;
  readonly infobip: InfobipAccount;
  readonly omise: OmiseAccount;
  readonly clock: Clock;
  readonly log: Log;
};

export type Sandbox = {
  readonly url: string;
  /** Ends every connection, also those that a fault keeps silent, and sends nothing more. */
  stop(): Promise<void>;
};

/** The outside world in one server: every provider under its name, and `/sandbox` to drive them. All of it is in memory. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { host, port, publicUrl, callbackUrl = publicUrl, clock, log } = options;
  const world = makeWorld({ publicUrl, callbackUrl, clock, log });
  const app = sandboxApp(world, providersOf(world, options), log);
  const server = await listen(app, host, port);
  const { port: chosen } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${chosen}`,
    stop: () =>
      new Promise((resolve) => {
        world.stop();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A new provider is a folder in `providers/` and a line here. */
function providersOf(world: World, { publicUrl, twilio, vonage, infobip, omise }: SandboxOptions): readonly Provider[] {
  const webhooks = `${publicUrl.replace(/\/$/, '')}/api/v1/payments/webhooks`;
  return [
    makeTwilio(world, twilio),
    makeVonage(world, vonage),
    makeInfobip(world, infobip),
    makeOmise(world, omise, `${webhooks}/omise`),
    makeRegistry(world),
    makeScreening(world),
  ];
}

function sandboxApp(world: World, providers: readonly Provider[], log: Log): express.Express {
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
      providers.flatMap(({ name, faultTargets = [name] }) => faultTargets),
    ),
    webhookRoutes(world),
    kycRoutes(world),
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
