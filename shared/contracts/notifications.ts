import { GetPushKey, ListDevices, RegisterDevice, RemoveDevice } from './notifications/devices.ts';
import {
  ConfirmEmail,
  GetEmail,
  RemoveEmail,
  SetEmail,
  ShowConfirmEmail,
  ShowUnsubscribe,
  Unsubscribe,
} from './notifications/email.ts';
import { FindSuppressions, LiftSuppression, ListSuppressions } from './notifications/suppressions.ts';
import { ListNotificationTemplates, PreviewNotification } from './notifications/templates.ts';
import { ReportDelivery } from './notifications/webhooks.ts';
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
  RegisterDevice,
  ListDevices,
  RemoveDevice,
  GetPushKey,
  SetEmail,
  GetEmail,
  RemoveEmail,
  ShowConfirmEmail,
  ConfirmEmail,
  ShowUnsubscribe,
  Unsubscribe,
  ReportDelivery,
  ListSuppressions,
  FindSuppressions,
  LiftSuppression,
  ListNotificationTemplates,
  PreviewNotification,
] as const;
