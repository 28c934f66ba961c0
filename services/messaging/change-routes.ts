import {
  addReaction,
  deleteMessage,
  editMessage,
  getMessageHistory,
  listMessageReceipts,
  removeReaction,
} from '#shared/contracts/messaging/changes.ts';
import { type Route, handle } from '#shared/http/call.ts';
import type { MessagingService } from './service.ts';

/** The HTTP calls about one message. */
export function changeRoutes(messaging: MessagingService): Route[] {
  return [
    handle(editMessage, async ({ caller, params, body }) => ({
      status: 200,
      body: await messaging.editMessage(caller, params.id, body.content),
    })),
    handle(deleteMessage, async ({ caller, params }) => ({
      status: 200,
      body: await messaging.deleteMessage(caller, params.id),
    })),
    handle(addReaction, async ({ caller, params, body }) => ({
      status: 200,
      body: await messaging.addReaction(caller, params.id, body.emoji),
    })),
    handle(removeReaction, async ({ caller, params, body }) => ({
      status: 200,
      body: await messaging.removeReaction(caller, params.id, body.emoji),
    })),
    handle(getMessageHistory, async ({ caller, params }) => ({
      status: 200,
      body: { edits: await messaging.messageHistory(caller, params.id) },
    })),
    handle(listMessageReceipts, async ({ caller, params, query }) => ({
      status: 200,
      body: await messaging.messageReceipts(caller, params.id, query),
    })),
  ];
}
