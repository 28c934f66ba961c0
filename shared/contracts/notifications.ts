import { CancelNotification, CreateNotification } from './notifications/create.ts';
import { GetNotification, ListNotifications, ReadAllNotifications, ReadNotification } from './notifications/inbox.ts';
import { GetPreferences, PutPreferences } from './notifications/preferences.ts';

/** Every HTTP call of notifications. */
export const notificationsCalls = [
  CreateNotification,
  ListNotifications,
  GetPreferences,
  PutPreferences,
  ReadAllNotifications,
  GetNotification,
  ReadNotification,
  CancelNotification,
] as const;
