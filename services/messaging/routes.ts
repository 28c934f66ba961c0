import { createHash } from 'node:crypto';
import {
  advanceReceipt,
  getDialog,
  listDialogs,
  listMessages,
  openDialog,
  searchMessages,
  sendMessage,
} from '#shared/contracts/messaging.ts';
import { AppError } from '#shared/errors.ts';
import { type IdempotencyKey, type Route, handle } from '#shared/http/call.ts';
import { changeRoutes } from './change-routes.ts';
import { dialogLifeRoutes } from './life/routes.ts';
import { moderationRoutes } from './moderation/routes.ts';
import type { MessagingService, SendCommand, SentMessage } from './service.ts';

/** The HTTP calls of messaging. */
export function messagingRoutes(messaging: MessagingService): Route[] {
  return [
    handle(listDialogs, async ({ caller, query }) => {
      const { dialogs, total, has_next } = await messaging.listDialogs(caller, query);
      return { status: 200, body: { dialogs, pagination: { page: query.page, limit: query.limit, total, has_next } } };
    }),
    handle(openDialog, async ({ caller, body, facts }) => {
      const { dialog, created } = await messaging.openDialog(caller, body, facts.idempotency);
      return { status: created ? 201 : 200, body: dialog };
    }),
    handle(getDialog, async ({ caller, params }) => ({
      status: 200,
      body: await messaging.getDialog(caller, params.id),
    })),
    handle(listMessages, async ({ caller, params, query }) => ({
      status: 200,
      body: await messaging.history(caller, params.id, query),
    })),
    handle(searchMessages, async ({ caller, query }) => ({
      status: 200,
      body: await messaging.searchMessages(caller, query),
    })),
    handle(sendMessage, async ({ caller, params, body, facts }) => {
      const command = { ...body, dialog_id: params.id };
      if (body.client_id === undefined && facts.idempotency !== undefined) {
        const { message } = await sendOnce(messaging, caller, command, facts.idempotency);
        return { status: 201, body: message };
      }
      const { message, repeated } = await messaging.sendMessage(caller, command);
      return { status: repeated ? 200 : 201, body: message };
    }),
    handle(advanceReceipt, async ({ caller, params, body }) => {
      const { delivered_seq, read_seq } = await messaging.advanceReceipt(caller.userId, params.id, body);
      return { status: 200, body: { delivered_seq, read_seq } };
    }),
    ...changeRoutes(messaging),
    ...moderationRoutes(messaging),
    ...dialogLifeRoutes(messaging),
  ];
}

/**
 * A message has a key of its own: without a client_id the Idempotency-Key becomes it, and lasts as long as the message.
 * A repeat answers 201 like the first time; other content is refused as for every Idempotency-Key.
 */
async function sendOnce(
  messaging: MessagingService,
  caller: Parameters<MessagingService['sendMessage']>[0],
  command: SendCommand,
  { key }: IdempotencyKey,
): Promise<SentMessage> {
  const clientId = `idem-${createHash('sha256').update(key).digest('base64url')}`;
  try {
    return await messaging.sendMessage(caller, { ...command, client_id: clientId });
  } catch (error) {
    if (error instanceof AppError && error.code === 'CONFLICT') throw new AppError('IDEMPOTENCY_KEY_REUSED');
    throw error;
  }
}
