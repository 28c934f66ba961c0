import { expect, test } from 'vitest';
import { makeInbox } from './inbox.ts';

const clock = () => new Date('2026-01-02T03:04:05.678Z');

function sms(to: string, text: string) {
  return { channel: 'sms', provider: 'twilio', to, text, locale: 'th' } as const;
}

test('nobody sees messages to another person', () => {
  const inbox = makeInbox(clock);
  inbox.deliver(sms('+66811111111', 'one'));
  expect(inbox.messagesTo('+66822222222')).toEqual([]);
});

test('messages are shown newest first with the time of their arrival', () => {
  const inbox = makeInbox(clock);
  inbox.deliver(sms('+66811111111', 'one'));
  inbox.deliver(sms('+66811111111', 'two'));
  const shown = inbox.messagesTo('+66811111111');
  expect(shown.map(({ text }) => text)).toEqual(['two', 'one']);
  expect(shown[0]?.received_at).toBe('2026-01-02T03:04:05.678Z');
});

test('the oldest messages are forgotten, the newest 100 are shown', () => {
  const inbox = makeInbox(clock, 150);
  for (let count = 1; count <= 200; count++) inbox.deliver(sms('+66811111111', String(count)));
  const shown = inbox.messagesTo('+66811111111').map(({ text }) => Number(text));
  expect(shown).toEqual(Array.from({ length: 100 }, (_, index) => 200 - index));
  for (let count = 0; count < 300; count++) inbox.deliver(sms('+66822222222', 'other'));
  expect(inbox.messagesTo('+66811111111')).toEqual([]);
});
