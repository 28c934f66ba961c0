import type { Chat } from '../ports.ts';
import { onEvent } from './handler.ts';

/** Both answer with the cursor as it now is; reading implies delivery. */
export function onReceipts(chat: Chat) {
  return [
    onEvent('receipt:delivered', 'signal', async ({ caller }, { dialog_id: dialogId, seq }) => {
      return cursorOf(await chat.advanceReceipt(caller.userId, dialogId, { delivered_seq: seq }));
    }),
    onEvent('receipt:read', 'signal', async ({ caller }, { dialog_id: dialogId, seq }) => {
      return cursorOf(await chat.advanceReceipt(caller.userId, dialogId, { read_seq: seq }));
    }),
  ];
}

function cursorOf({ delivered_seq, read_seq }: { delivered_seq: number; read_seq: number }) {
  return { delivered_seq, read_seq };
}
