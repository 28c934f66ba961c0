import { makeCancelNotification } from './cancel-notification.ts';
import { makeCreateNotification } from './create-notification.ts';
import { makeCreate } from './create/create.ts';
import { makeFallBack } from './fall-back.ts';
import { makeGetNotification } from './get-notification.ts';
import { makeInboxNews } from './inbox-news.ts';
import { makeListNotifications } from './list-notifications.ts';
import { makeNoteReport } from './note-report.ts';
import type { NotificationsPorts } from './ports.ts';
import { makeGetPreferences, makePutPreferences, makeSwitchOff } from './preferences.ts';
import { makePurgeOld } from './purge-old.ts';
import { makeReadAllNotifications, makeReadNotification } from './read-notification.ts';

/** What people are told, and how they want it: every use case over the same ports. */
export function makeNotifications(ports: NotificationsPorts) {
  const create = makeCreate(ports);
  return {
    /** Makes notifications of what happened. */
    create,
    createNotification: makeCreateNotification({ ...ports, create }),
    cancelNotification: makeCancelNotification(ports),
    listNotifications: makeListNotifications(ports),
    getNotification: makeGetNotification(ports),
    readNotification: makeReadNotification(ports),
    readAllNotifications: makeReadAllNotifications(ports),
    getPreferences: makeGetPreferences(ports),
    putPreferences: makePutPreferences(ports),
    switchOff: makeSwitchOff(ports),
    noteReport: makeNoteReport(ports),
    /** The step of a notification's workflow. */
    fallBack: makeFallBack({ ...ports, create }),
    inboxNews: makeInboxNews(ports),
    purgeOld: makePurgeOld(ports),
  };
}

export type NotificationsService = ReturnType<typeof makeNotifications>;
