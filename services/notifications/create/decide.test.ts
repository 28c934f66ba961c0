import { expect, test } from 'vitest';
import type { UserId } from '#shared/ids.ts';
import type { Recipient } from '../ports.ts';
import { BEGINNING } from '../preferences.ts';
import type { PreferencesRow } from '../store/preferences.ts';
import { decide } from './decide.ts';

const NIGHT = new Date('2026-11-24T16:00:00Z');
const MORNING = new Date('2026-11-25T00:00:00Z');
const NOK: Recipient = {
  userId: '01890a5d-ac96-774b-8cce-1302099a8057' as UserId,
  country: 'TH',
  locale: 'th',
  timezone: 'Asia/Bangkok',
  phone: '+66812345678',
  status: 'active',
};

const wishes = (over: Partial<PreferencesRow>): PreferencesRow => ({
  ...BEGINNING,
  user_id: NOK.userId,
  updated_at: NIGHT,
  ...over,
});
const asleep = wishes({ quiet_from: '22:00', quiet_to: '07:00' });
const push = { channel: 'payments', template: 'payments.money_received', type: 'push' } as const;
const now = { tell: true, notBefore: undefined };

test('nobody is told who is not there any more, or was never', () => {
  expect(decide(push, undefined, undefined, NIGHT)).toEqual({ tell: false, reason: 'recipient_gone' });
  expect(decide(push, { ...NOK, status: 'deleted' }, undefined, NIGHT)).toMatchObject({ reason: 'recipient_gone' });
  expect(decide(push, { ...NOK, status: 'suspended' }, undefined, NIGHT)).toMatchObject({ reason: 'recipient_gone' });
});

test('who was suspended is told of that, and nothing else', () => {
  const suspended = { channel: 'account', template: 'account.suspended', type: 'email' } as const;
  expect(decide(suspended, { ...NOK, status: 'suspended' }, undefined, NIGHT)).toEqual(now);
});

test('announcements wait for consent, in the inbox as well', () => {
  const news = { channel: 'announcements', template: 'ops.announcement', type: 'in_app' } as const;
  expect(decide(news, NOK, undefined, NIGHT)).toEqual({ tell: false, reason: 'no_consent' });
  expect(decide(news, NOK, wishes({ has_consent: true }), NIGHT)).toEqual(now);
});

test('what was switched off for a channel is off there and on elsewhere', () => {
  const off = wishes({ choices: { payments: { push: false } } });
  expect(decide(push, NOK, off, NIGHT)).toEqual({ tell: false, reason: 'switched_off' });
  expect(decide({ ...push, channel: 'order_updates' }, NOK, off, NIGHT)).toEqual(now);
});

test('security stays in the inbox whatever a row says', () => {
  const alert = { channel: 'security', template: 'security.new_device', type: 'in_app' } as const;
  expect(decide(alert, NOK, wishes({ choices: { security: { in_app: false } } }), NIGHT)).toEqual(now);
});

test('in quiet hours what makes a noise waits until they end, and the inbox does not', () => {
  expect(decide(push, NOK, asleep, NIGHT)).toEqual({ tell: true, notBefore: MORNING });
  expect(decide({ ...push, type: 'sms' }, NOK, asleep, NIGHT)).toEqual({ tell: true, notBefore: MORNING });
  expect(decide({ ...push, type: 'in_app' }, NOK, asleep, NIGHT)).toEqual(now);
});

test('security passes quiet hours, as what the law wants to be told does', () => {
  const alert = { channel: 'security', template: 'security.new_device', type: 'push' } as const;
  const law = { channel: 'account', template: 'account.appeal_decided', type: 'push' } as const;
  expect(decide(alert, NOK, asleep, NIGHT)).toEqual(now);
  expect(decide(law, NOK, asleep, NIGHT)).toEqual(now);
});
