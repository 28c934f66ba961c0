import { AppError } from '#shared/errors.ts';
import type { Deliver, Outcome, Parcel } from '../ports.ts';
import type { ChannelsPorts } from './ports.ts';
import { sendMail } from './send-mail.ts';
import { sendPush } from './send-push.ts';
import { sendText } from './send-text.ts';

export type DeliverPorts = Pick<
  ChannelsPorts,
  | 'databases'
  | 'outbox'
  | 'log'
  | 'keyring'
  | 'meters'
  | 'mail'
  | 'texts'
  | 'push'
  | 'liveSessions'
  | 'textPrices'
  | 'textsPerDay'
  | 'publicUrl'
>;

/**
 * Brings a notification out of the house, by the providers of its way in order of preference and health.
 *
 * Handing the same notification over again is borne: what a provider has, or may have, it is not given twice, unless a
 * second copy would be one with the first to who reads it. A notification that may have been sent counts as sent; only an
 * urgent one is then given to the next provider as well, since hearing it twice is better than never.
 */
export function makeDeliver(ports: DeliverPorts): Deliver {
  return async (parcel: Parcel): Promise<Outcome> => {
    switch (parcel.way) {
      case 'email':
        return await sendMail(ports, parcel);
      case 'sms':
        return await sendText(ports, parcel);
      case 'push':
        return await sendPush(ports, parcel);
      default:
        throw new AppError('INTERNAL', { message: 'There is no such way out of the house' });
    }
  };
}
