import express from 'express';
import { basicAuth } from '../../frame/basic-auth.ts';
import { endpoint } from '../../frame/endpoint.ts';
import type { World } from '../../frame/world.ts';
import type { Provider } from '../provider.ts';
import { twilioError } from './errors.ts';
import { sendMessage, type TwilioAccount } from './messages.ts';

/** Twilio's Programmable Messaging, as far as we use it: sending a text and its status callback. */
export function makeTwilio(world: World, account: TwilioAccount): Provider {
  const routes = express.Router();
  routes.use(basicAuth(account.accountSid, account.authToken, twilioError(20003)));
  routes.use(express.urlencoded({ extended: false, limit: '100kb' }));
  routes.post(
    `/2010-04-01/Accounts/${account.accountSid}/Messages.json`,
    endpoint(world.faults, 'twilio', {
      serve: (request) => sendMessage(world, account, request),
      broken: () => twilioError(20500),
    }),
  );
  routes.use((_request, response) => {
    const { status, body } = twilioError(20404);
    response.status(status).json(body);
  });
  return { name: 'twilio', routes };
}
