import { DAY, HOUR } from '#shared/time.ts';
import type { Outcome, Parcel } from '../ports.ts';
import { unavailable } from './by-preference.ts';
import type { DeliverPorts } from './deliver.ts';
import { handOver, type Result } from './hand-over.ts';
import { readTarget } from './push-target.ts';
import { type Attempt, attemptsOf } from './store/attempts.ts';
import { type DeviceRow, devicesOf, forgetDevicesOfSessions, retireDevice } from './store/devices.ts';

/** How long a platform keeps a push for a device that is away: news is news for a day, and an urgent thing for an hour. */
const KEPT_FOR_MS = DAY;
const URGENT_KEPT_FOR_MS = HOUR;

/** A device that could not be pushed to so often is waited for no longer where another has it: over half an hour. */
const STRAGGLER_TRIES_MAX = 8;

/**
 * Pushes to every device of someone. It is sent when each that can take it has it: while one may take it later it is handed
 * over again, and those that have it are left alone.
 *
 * @throws {AppError} UPSTREAM_UNAVAILABLE when a device may take it later
 */
export async function sendPush(ports: DeliverPorts, parcel: Parcel): Promise<Outcome> {
  const { notificationId, recipient } = parcel;
  const database = ports.databases.of(recipient.country);
  const devices = await liveDevices(ports, recipient);
  if (devices.length === 0) return { kind: 'no_address' };
  const before = await attemptsOf(database, { notificationId, way: 'push' });
  const results = await Promise.all(
    devices.map(async (device) => ({ device, result: await pushTo(ports, parcel, device, before) })),
  );
  const taken = results.find(({ result }) => result.outcome === 'accepted');
  const isGivenUp = ({ id }: DeviceRow) => taken !== undefined && triesOf(before, id) >= STRAGGLER_TRIES_MAX;
  refuseUnlessSettled(results.flatMap(({ device, result }) => (isGivenUp(device) ? [] : [result])));
  if (taken?.result.outcome === 'accepted') {
    return { kind: 'sent', provider: taken.device.platform, providerRef: taken.result.ref };
  }
  return refusalOf(results.map(({ result }) => result));
}

function triesOf(before: readonly Attempt[], deviceId: string): number {
  return Math.max(0, ...before.flatMap(({ target, tries }) => (target === deviceId ? [tries] : [])));
}

/** Those whose login lives. The others are forgotten: it has run out, or ended while they were being registered. */
async function liveDevices(
  { databases, liveSessions }: DeliverPorts,
  { userId, country }: Parcel['recipient'],
): Promise<DeviceRow[]> {
  const database = databases.of(country);
  const [devices, live] = await Promise.all([devicesOf(database, userId), liveSessions(userId)]);
  const over = devices.filter(({ session_id }) => !live.has(session_id));
  if (over.length > 0) await forgetDevicesOfSessions(database, [...new Set(over.map(({ session_id }) => session_id))]);
  return devices.filter(({ session_id }) => live.has(session_id));
}

async function pushTo(
  { databases, keyring, push, meters, log }: DeliverPorts,
  { notificationId, recipient, written, data, collapseKey, urgent }: Parcel,
  device: DeviceRow,
  before: readonly Attempt[],
): Promise<Result> {
  const database = databases.of(recipient.country);
  const provider = push(device.platform);
  const message = {
    id: notificationId,
    target: readTarget(keyring.open(recipient.userId, device.sealed)),
    title: written.subject,
    body: written.text,
    data,
    locale: written.locale,
    urgent,
    // Of those with one key a device shows the latest only, so the same push twice is one there.
    collapseKey: collapseKey ?? notificationId,
    keptForMs: urgent ? URGENT_KEPT_FOR_MS : KEPT_FOR_MS,
  };
  const key = { notificationId, way: 'push', target: device.id, provider: provider.name } as const;
  const known = before.find((one) => one.target === device.id && one.provider === provider.name);
  const call = { send: () => provider.send(message), isHarmless: true };
  const result = await handOver({ log, meters }, database, key, known, call);
  if (result.outcome === 'refused' && result.blame === 'address' && (await retireDevice(database, device))) {
    meters.retired(device.platform);
    log.info({ deviceId: device.id, platform: device.platform }, 'a device is no longer known to its platform');
  }
  return result;
}

function refuseUnlessSettled(results: readonly Result[]): void {
  if (!results.some(isLater)) return;
  const waits = results.map((one) => (one.outcome === 'refused' ? (one.retryAfterS ?? Infinity) : Infinity));
  throw unavailable(Math.min(...waits));
}

function isLater(one: Result): boolean {
  return one.outcome === 'under_way' || one.outcome === 'unknown' || isProviders(one);
}

function isProviders(one: Result): boolean {
  return one.outcome === 'refused' && one.blame === 'provider';
}

function refusalOf(results: readonly Result[]): Outcome {
  const faulty = results.find((one) => one.outcome === 'refused' && one.blame === 'message');
  if (faulty?.outcome === 'refused') return { kind: 'refused', reason: faulty.reason };
  return { kind: 'no_address' };
}
