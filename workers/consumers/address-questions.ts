import type { Consumer } from '#shared/events/bus.ts';
import { dataOf } from '#shared/events/event.ts';
import { EmailConfirmationAsked } from '#shared/events/notification-channels.ts';
import type { NotificationId } from '#shared/ids.ts';
import type { Log } from '#shared/log.ts';

export type AddressQuestionsPorts = {
  /** Rejects when no provider could be reached yet; asking again sends no second mail. */
  readonly askToConfirm: (confirmId: NotificationId) => Promise<void>;
  readonly log: Log;
};

/**
 * Has people asked, by a mail to the address that they have named, whether they read mail there. Each is tried once: one
 * that cannot be asked now is asked by a look for those later, and holds nobody else up.
 */
export function makeAddressQuestions({ askToConfirm, log }: AddressQuestionsPorts): Consumer {
  return {
    group: 'address-questions',
    types: [EmailConfirmationAsked.type],
    handle: async (events) => {
      for (const event of events) {
        const asked = dataOf(EmailConfirmationAsked, event);
        if (asked === undefined) continue;
        await askToConfirm(asked.confirm_id).catch((err: unknown) =>
          log.warn({ err, confirmId: asked.confirm_id }, 'an address could not be asked yet'),
        );
      }
    },
  };
}
