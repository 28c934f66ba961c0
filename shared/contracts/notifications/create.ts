import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { NotificationId, UserId } from '../../ids.ts';
import { Currency } from '../../money.ts';
import { Duration } from '../../wire-time.ts';
import { characters, line } from '../text.ts';
import { Notification, NotificationChannel, NotificationPriority, NotificationType } from './notification.ts';

/** A moment as staff write it: ISO 8601 with an offset. */
const Moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

/** Ways that are tried one after the other, when what was sent before has not been read by then. */
const Fallback = z.strictObject({
  type: z.enum(['sms', 'email', 'push']),
  /** `PT5M`: how long there is to read what was sent before. One second to one day. */
  after: Duration.refine((ms) => ms >= 1_000 && ms <= 86_400_000, 'must be from PT1S to P1D'),
});

/** What stands in a text. Nothing else: what events put there to be looked up is not for callers to name. */
const Value = z.union([
  characters(1, 4_000),
  z.number(),
  z.boolean(),
  z.array(line(1, 100)).max(50),
  z.strictObject({ amount: z.string().max(40), currency: Currency }),
]);

export const CreateBody = z.strictObject({
  recipient_id: UserId,
  template: line(1, 100),
  /** What the template asks for; checked against it. */
  variables: z.record(z.string().max(100), Value).default({}),
  /** The template's own where not said. */
  channel: NotificationChannel.optional(),
  /** One way, or several; those that the recipient has on for the channel where neither is said. */
  type: NotificationType.optional(),
  types: z.array(NotificationType).min(1).max(4).optional(),
  /** Of staff's as it is said; of a reminder of one's own at most medium. */
  priority: NotificationPriority.default('medium'),
  /** Not before then. At most a year ahead. */
  scheduled_at: Moment.optional(),
  /** Not after then. */
  expires_at: Moment.optional(),
  /** Ids for a link, `order_id` for one. */
  data: z.record(z.string().regex(/^[a-z_]{1,40}$/), line(1, 200)).default({}),
  fallback: z.array(Fallback).max(3).default([]),
});
export type CreateBody = z.output<typeof CreateBody>;

export const CreateNotification = defineCall({
  name: 'createNotification',
  method: 'POST',
  path: '/notifications',
  summary:
    'Notify someone, within what they want: staff anyone, by any way; people themselves, by in_app and push, with at most 100 that wait',
  tag: 'notifications',
  access: 'user',
  body: CreateBody,
  answers: {
    /** The first way that was asked for. One that the recipient does not want has failed, with the reason. */
    201: Notification.extend({
      /** The same by the other ways. */
      others: z.array(Notification),
    }).meta({ id: 'CreatedNotification' }),
  },
  refuses: ['NOT_FOUND'],
  idempotency: 'accepted',
  rate: 'write',
});

export const CancelNotification = defineCall({
  name: 'cancelNotification',
  method: 'POST',
  path: '/notifications/{id}/cancel',
  summary: 'Take back what has not been sent yet, and the ways that would have followed',
  tag: 'notifications',
  access: ['ops'],
  params: z.strictObject({ id: NotificationId }),
  answers: { 200: Notification },
  rate: 'write',
});
