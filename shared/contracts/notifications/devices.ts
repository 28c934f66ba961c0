import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { NextCursor, ShortListQuery } from '../../http/paging.ts';
import { PushDeviceId } from '../../ids.ts';
import { Timestamp } from '../../wire-time.ts';

export const PUSH_PLATFORMS = ['fcm', 'apns', 'webpush'] as const;
export const PushPlatform = z.enum(PUSH_PLATFORMS);
export type PushPlatform = z.infer<typeof PushPlatform>;

/** What an app was given by its platform: letters, digits and a few marks, none of which may end an address. */
const Token = z.string().regex(/^[\w:.-]{8,512}$/, 'must be a token as the platform gives it');

const key = (bytes: number, says: string) => {
  const characters = Math.ceil((bytes * 4) / 3);
  return z.string().regex(new RegExp(`^[\\w-]{${characters}}={0,2}$`), says);
};

/** A `PushSubscription` of a browser. */
const Subscription = z.object({
  /** https on the public internet. */
  endpoint: z.string().min(1).max(1024),
  /** Browsers give it, mostly null. */
  expirationTime: z.number().nullable().optional(),
  keys: z.strictObject({
    p256dh: key(65, 'must be an uncompressed P-256 point in base64url'),
    auth: key(16, 'must be 16 bytes in base64url'),
  }),
});

export const DeviceBody = z.discriminatedUnion('platform', [
  z.strictObject({ platform: z.literal('fcm'), token: Token }),
  z.strictObject({ platform: z.literal('apns'), token: Token }),
  z.strictObject({ platform: z.literal('webpush'), subscription: Subscription.strict() }),
]);
export type DeviceBody = z.output<typeof DeviceBody>;

/** A device that is pushed to. Its token is nobody's to read. */
export const PushDevice = z
  .object({
    id: PushDeviceId,
    platform: PushPlatform,
    /** Brought by the session that asks. */
    is_current: z.boolean(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'PushDevice' });
export type PushDevice = z.input<typeof PushDevice>;

export const RegisterDevice = defineCall({
  name: 'registerPushDevice',
  method: 'POST',
  path: '/notifications/devices',
  summary:
    'Push to this device from now on. At each start of an app: the same token again is the same device, and one that another account had is taken from it',
  tag: 'notifications',
  access: 'user',
  body: DeviceBody,
  answers: { 200: PushDevice, 201: PushDevice },
  idempotency: 'accepted',
  rate: 'write',
});

export const ListDevices = defineCall({
  name: 'listPushDevices',
  method: 'GET',
  path: '/notifications/devices',
  summary: "The caller's devices that are pushed to, the latest first",
  tag: 'notifications',
  access: 'user',
  query: ShortListQuery,
  answers: { 200: z.object({ devices: z.array(PushDevice), next_cursor: NextCursor }) },
  rate: 'read',
});

export const RemoveDevice = defineCall({
  name: 'removePushDevice',
  method: 'DELETE',
  path: '/notifications/devices/{id}',
  summary: 'Push to this device no more',
  tag: 'notifications',
  access: 'user',
  params: z.strictObject({ id: PushDeviceId }),
  answers: { 204: undefined },
  rate: 'write',
});

export const GetPushKey = defineCall({
  name: 'getPushKey',
  method: 'GET',
  path: '/notifications/push-key',
  summary: 'The key that a browser subscribes to pushes with (VAPID applicationServerKey)',
  tag: 'notifications',
  access: 'public',
  answers: { 200: z.object({ public_key: z.string() }) },
  rate: 'read',
});
