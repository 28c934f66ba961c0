import { z } from 'zod';
import { NotificationId, UserId } from '../ids.ts';
import { defineEvent } from './event.ts';

export const EmailConfirmationAsked = defineEvent(
  'notifications.email_confirmation_asked',
  1,
  z.object({ confirm_id: NotificationId, recipient_id: UserId }),
  { says: 'A mail is to ask whether someone reads mail at the address that they have named', key: 'confirm_id' },
);

export const EmailConfirmed = defineEvent('notifications.email_confirmed', 1, z.object({ recipient_id: UserId }), {
  says: 'Someone has shown that they read mail at an address',
  key: 'recipient_id',
});

export const EmailChanged = defineEvent(
  'notifications.email_changed',
  1,
  z.object({ change_id: NotificationId, recipient_id: UserId }),
  { says: 'Mail goes no more to the address that someone had confirmed', key: 'recipient_id' },
);
