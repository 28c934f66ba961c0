import { makePrivacyActivities } from '#activities/auth/privacy-activities.ts';
import { makeCommercePrivacyActivities } from '#activities/commerce/privacy-activities.ts';
import { makeMediaPrivacyActivities } from '#activities/media/privacy-activities.ts';
import { makeMessagingPrivacyActivities } from '#activities/messaging/privacy-activities.ts';
import { makeNotificationsPrivacyActivities } from '#activities/notifications/privacy-activities.ts';
import { makePaymentsPrivacyActivities } from '#activities/payments/privacy-activities.ts';
import { makeVerificationPrivacyActivities } from '#activities/verification/privacy-activities.ts';
import { makeMediaStores } from '#infrastructure/media-store/media-stores.ts';
import { makePrivacyWork } from '#services/auth/privacy/service.ts';
import { makeForgetPerson } from '#services/commerce/forget-person.ts';
import { makeOwnTrade } from '#services/commerce/own-trade.ts';
import type { Ground } from '#services/ground.main.ts';
import { makeEraseFiles, makeOwnFiles } from '#services/media/own-files.ts';
import { makeLeaveEverything } from '#services/messaging/life/leave-everything.ts';
import { makeOwnWords } from '#services/messaging/own-dialogs.ts';
import { makeForgetNotifications } from '#services/notifications/forget-notifications.ts';
import { makeOwnNotifications } from '#services/notifications/own-notifications.ts';
import { makeKeepMoney, makeOwnMoney } from '#services/payments/own-money.ts';
import { makeWhatIsHeld } from '#services/verification/what-is-held.ts';
import { openChannels } from '#services/wire-channels.main.ts';
import { openMessaging } from '#services/wire-messaging.main.ts';
import { openMessagingUpkeep } from '#services/wire-messaging-upkeep.main.ts';
import { notificationsPorts } from '#services/wire-notifications.main.ts';
import { privacyPorts } from '#services/wire-privacy.main.ts';
import { openVerification } from '#services/wire-verification.main.ts';

/**
 * What a domain does for requests about people's data, beside its other steps. Media has no workflows and so no queue:
 * identity's worker serves its part.
 *
 * @param resources closes what is opened for it
 */
export async function privacyActivitiesOf(
  domain: string,
  ground: Ground,
  resources: AsyncDisposableStack,
): Promise<object> {
  const { config, databases } = ground;
  const work = makePrivacyWork(privacyPorts(ground));
  const { sink } = work;
  const whatIsHeld = makeWhatIsHeld(ground);
  switch (domain) {
    case 'auth':
      return {
        ...makePrivacyActivities(work),
        ...makeMediaPrivacyActivities({
          ownFiles: makeOwnFiles(ground),
          eraseFiles: makeEraseFiles({
            ...ground,
            stores: makeMediaStores(config),
            heldDocuments: async (userId) => (await whatIsHeld(userId)).mediaIds,
          }),
          sink,
        }),
      };
    case 'messaging': {
      const { exportMessages } = await openMessagingUpkeep(ground, resources);
      const messaging = await openMessaging(ground, resources);
      return makeMessagingPrivacyActivities({
        ownWords: makeOwnWords({ databases, exportMessages }),
        leaveEverything: makeLeaveEverything({
          databases,
          leaveDialog: (member, dialogId) => messaging.leaveDialog(member, dialogId),
        }),
        sink,
      });
    }
    case 'payments':
      return makePaymentsPrivacyActivities({
        ownMoney: makeOwnMoney({ databases, publicUrl: config.PUBLIC_URL }),
        keepMoney: makeKeepMoney(ground),
        sink,
      });
    case 'commerce':
      return makeCommercePrivacyActivities({
        ownTrade: makeOwnTrade(ground),
        forgetPerson: makeForgetPerson(ground),
        sink,
      });
    case 'verification':
      return makeVerificationPrivacyActivities({ verification: openVerification(ground), whatIsHeld, sink });
    case 'notifications': {
      const { channels, close } = openChannels(ground, notificationsPorts(ground));
      resources.defer(close);
      return makeNotificationsPrivacyActivities({
        ownNotifications: makeOwnNotifications({ databases, ownAddresses: channels.ownAddresses }),
        forgetNotifications: makeForgetNotifications({ databases, forgetAddresses: channels.forgetAddresses }),
        sink,
      });
    }
    default:
      return {};
  }
}
