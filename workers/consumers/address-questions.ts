import type { Consumer } from '#shared/events/bus.ts';
import { dataOf } from '#shared/events/event.ts';
import { EmailConfirmationAsked } from '#shared/events/notification-channels.ts';
import type { NotificationId } from '#shared/ids.ts';

export type AddressQuestionsPorts = {
  /** Rejects when no provider could be reached yet; asking again sends no second mail. */
  readonly askToConfirm: (confirmId: NotificationId) => Promise<void>;
};

/** Has people asked, by a mail to the address that they have named, whether they read mail there. */
export function makeAddressQuestions({ askToConfirm }: AddressQuestionsPorts): Consumer {
  return {
    group: 'address-questions',
    types: [EmailConfirmationAsked.type],
    handle: async (events) => {
      for (const event of events) {
        const asked = dataOf(EmailConfirmationAsked, event);
        if (asked !== undefined) await askToConfirm(asked.confirm_id);
      }
    },
  };
}
