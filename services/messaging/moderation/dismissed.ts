import { type AuditEntry, happened, type NewEvent } from '#shared/events/event.ts';
import { ReportsDismissed } from '#shared/events/messaging.ts';
import { type DialogId, type MessageId, regionOf, type UserId } from '#shared/ids.ts';

type Dismissal = {
  readonly dialogId: DialogId;
  readonly messageId: MessageId;
  readonly by: UserId;
  readonly facts: NonNullable<AuditEntry['facts']>;
};

/** What is written of a decision that a reported message stays, whoever made it. */
export function dismissed({ dialogId, messageId, by, facts }: Dismissal): { events: NewEvent[]; audit: AuditEntry[] } {
  return {
    events: [happened(ReportsDismissed, dialogId, { dialog_id: dialogId, message_id: messageId, by })],
    audit: [
      {
        actor: by,
        action: 'messaging.reports_dismissed',
        subject: messageId,
        region: regionOf(dialogId),
        outcome: 'ok',
        facts: { dialog_id: dialogId, ...facts },
      },
    ],
  };
}
