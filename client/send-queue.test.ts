import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AppError } from '#shared/errors.ts';
import type { MessageId } from '#shared/ids.ts';
import type { Payload, Sent } from '#shared/sockets/client-events.ts';
import { SendQueue } from './send-queue.ts';

type Command = Payload<'message:send'>;
type Attempt = {
  readonly command: Command;
  readonly answer: (sent: Sent) => void;
  readonly fail: (error: AppError) => void;
};

/** A queue whose sends are answered by the test, in whatever order it likes. */
function openQueue(outstandingPerDialog = 1) {
  const attempts: Attempt[] = [];
  const state = { isOn: true };
  const queue = new SendQueue({
    isOn: () => state.isOn,
    outstandingPerDialog,
    send: (command) => {
      const { promise, resolve, reject } = Promise.withResolvers<Sent>();
      attempts.push({ command, answer: resolve, fail: reject });
      return promise;
    },
  });
  return { queue, attempts, state };
}

function text(clientId: string, dialogId = 'd'): Command {
  return { dialog_id: dialogId, client_id: clientId, message_type: 'text', content: clientId };
}

const sent = (seq: number): Sent => ({ message_id: 'm' as MessageId, seq, version: seq, created_at: '' });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a final refusal is told to whoever sent, and the next message goes on', async () => {
  const { queue, attempts } = openQueue();
  const first = queue.add(text('a'));
  const second = queue.add(text('b'));
  attempts[0]!.fail(new AppError('NOT_FOUND'));
  await expect(first).rejects.toMatchObject({ code: 'NOT_FOUND' });
  attempts[1]!.answer(sent(1));
  expect(await second).toEqual(sent(1));
  expect(queue.size).toBe(0);
});

test('more than a thousand waiting messages are refused', async () => {
  const { queue, state } = openQueue();
  state.isOn = false;
  const waiting = Array.from({ length: 1000 }, (_, index) => queue.add(text(`${index}`)));
  await expect(queue.add(text('one more'))).rejects.toMatchObject({ code: 'RETRY_LATER' });
  queue.close();
  for (const one of waiting) await expect(one).rejects.toMatchObject({ code: 'RETRY_LATER' });
});

test('a message whose answer was lost is sent again with the same client_id, after a wait', async () => {
  const { queue, attempts } = openQueue();
  const message = queue.add(text('a'));
  attempts[0]!.fail(new AppError('TIMEOUT'));
  await vi.advanceTimersByTimeAsync(0);
  expect(attempts).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(250);
  expect(attempts.map(({ command }) => command.client_id)).toEqual(['a', 'a']);
  attempts[1]!.answer(sent(1));
  expect(await message).toEqual(sent(1));
});

test('a session that is over its budget waits as long as it was told', async () => {
  const { queue, attempts } = openQueue();
  void queue.add(text('a'));
  attempts[0]!.fail(new AppError('RATE_LIMIT_EXCEEDED', { retryAfterS: 3 }));
  await vi.advanceTimersByTimeAsync(2_999);
  expect(attempts).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(attempts).toHaveLength(2);
});

test('messages of one dialog go one after the other, those of another do not wait for them', () => {
  const { queue, attempts } = openQueue();
  void queue.add(text('a', 'one'));
  void queue.add(text('b', 'one'));
  void queue.add(text('c', 'other'));
  expect(attempts.map(({ command }) => command.client_id)).toEqual(['a', 'c']);
});

test('what was written offline is sent in its order when the connection is on', async () => {
  const { queue, attempts, state } = openQueue(2);
  state.isOn = false;
  for (const id of ['a', 'b', 'c']) void queue.add(text(id));
  expect(attempts).toEqual([]);
  state.isOn = true;
  queue.moveAll();
  expect(attempts.map(({ command }) => command.client_id)).toEqual(['a', 'b']);
  attempts[0]!.answer(sent(1));
  await vi.advanceTimersByTimeAsync(0);
  expect(attempts.map(({ command }) => command.client_id)).toEqual(['a', 'b', 'c']);
});

test('a message that was on its way when the connection was cut is sent on the next one', async () => {
  const { queue, attempts, state } = openQueue();
  void queue.add(text('a'));
  state.isOn = false;
  attempts[0]!.fail(new AppError('TIMEOUT'));
  await vi.advanceTimersByTimeAsync(0);
  state.isOn = true;
  queue.moveAll();
  expect(attempts).toHaveLength(2);
});
