import { DELIVERED_AFTER_MS } from '../sms.ts';
import type { Webhook } from '../../frame/webhooks.ts';

/** Infobip goes on for hours; a test does not. */
const TRIES_MAX = 12;

type Message = {
  readonly bulkId: string;
  readonly messageId: string;
  readonly to: string;
  readonly sentAt: Date;
};

/** Tells the address that was given with a message that it has reached the telephone. Infobip does not sign these. */
export function deliveryReport(url: string, { bulkId, messageId, to, sentAt }: Message): Webhook {
  return {
    provider: 'infobip',
    kind: 'delivery_report',
    url,
    triesMax: TRIES_MAX,
    afterMs: DELIVERED_AFTER_MS,
    compose: (at) => {
      const result = {
        bulkId,
        messageId,
        to,
        sentAt: sentAt.toISOString(),
        doneAt: at.toISOString(),
        messageCount: 1,
        status: {
          groupId: 3,
          groupName: 'DELIVERED',
          id: 5,
          name: 'DELIVERED_TO_HANDSET',
          description: 'Message delivered to handset',
        },
        error: { groupId: 0, groupName: 'OK', id: 0, name: 'NO_ERROR', description: 'No Error', permanent: false },
      };
      return { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ results: [result] }) };
    },
  };
}
