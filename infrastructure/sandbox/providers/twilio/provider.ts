import express from 'express';
import { basicAuth } from '../../frame/basic-auth.ts';
import { endpoint } from '../../frame/endpoint.ts';
import type { World } from '../../frame/world.ts';
import type { Provider } from '../provider.ts';
import { placeCall } from './calls.ts';
import { twilioError } from './errors.ts';
import { listMessages, makeSentTexts, sendMessage, type TwilioAccount } from './messages.ts';

/**
 * Twilio's Programmable Messaging and Voice, as far as we use them: sending a text, calling, looking up the texts to a
 * number, and status callbacks. Calls fail by the name `twilio_voice`.
 */
export function makeTwilio(world: World, account: TwilioAccount): Provider {
  const routes = express.Router();
  const sent = makeSentTexts();
  const path = `/2010-04-01/Accounts/${account.accountSid}`;
  routes.use(basicAuth(account.accountSid, account.authToken, twilioError(20003)));
  routes.use(express.urlencoded({ extended: false, limit: '100kb' }));
  const broken = () => twilioError(20500);
  routes.post(
    `${path}/Messages.json`,
    endpoint(world.faults, 'twilio', { serve: (request) => sendMessage(world, account, sent, request), broken }),
  );
  routes.get(`${path}/Messages.json`, (request, response) => {
    const { status, body } = listMessages(sent, request);
    response.status(status).json(body);
  });
  routes.post(
    `${path}/Calls.json`,
    endpoint(world.faults, 'twilio_voice', { serve: (request) => placeCall(world, account, request), broken }),
  );
  routes.use((_request, response) => {
    const { status, body } = twilioError(20404);
    response.status(status).json(body);
  });
  return { name: 'twilio', faultTargets: ['twilio', 'twilio_voice'], routes };
}
