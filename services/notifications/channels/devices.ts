import type { Caller } from '#shared/caller.ts';
import type { DeviceBody, PushDevice } from '#shared/contracts/notifications/devices.ts';
import { PublicUrl } from '#shared/contracts/public-url.ts';
import { AppError, invalid } from '#shared/errors.ts';
import type { IdempotencyKey } from '#shared/http/call.ts';
import type { PushDeviceId, SessionId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Sql } from '#shared/sql.ts';
import type { ChannelsPorts, PushTarget } from './ports.ts';
import { identityOf, writeTarget } from './push-target.ts';
import {
  type DeviceRow,
  devicesOf,
  findDevice,
  forgetDevicesOfSessions,
  forgetToken,
  insertDevice,
  lockDevicesOf,
  removeDevice,
  trimDevices,
} from './store/devices.ts';

/** More than anyone carries; five sessions may be live, and each may have an app and a browser. The oldest goes. */
export const DEVICES_MAX = 10;

type Ports = Pick<ChannelsPorts, 'databases' | 'idempotency' | 'keyring' | 'liveSessions' | 'sandboxUrl'>;

type Registered = { readonly status: 200 | 201; readonly body: PushDevice };

/**
 * Takes over where a device is pushed to, bound to the session that brings it. A token that another account had goes from
 * it, in whichever region: it is one device, and who uses it now is who is pushed to.
 *
 * @returns the device; 201 when it is new
 * @throws {AppError} VALIDATION_ERROR for a browser's endpoint that is no public https address, SESSION_REVOKED when the
 *   session has ended though its token still passes
 */
export function makeRegisterDevice({ databases, idempotency, keyring, liveSessions, sandboxUrl }: Ports) {
  return async (caller: Caller, body: DeviceBody, key: IdempotencyKey | undefined): Promise<Registered> => {
    const target = targetOf(body, sandboxUrl);
    // Tokens are known to be good for some seconds after: whoever was thrown out is not to be pushed to from then on.
    if (!(await liveSessions(caller.userId)).has(caller.sessionId)) throw new AppError('SESSION_REVOKED');
    const digests = keyring.digests('device', identityOf(target));
    const home = databases.of(caller.country);
    for (const other of databases.all) if (other !== home) await forgetToken(other, digests);
    const scope = { userId: caller.userId, call: 'registerPushDevice', key };
    return await home.transaction((tx) =>
      idempotency.run(tx, scope, async (): Promise<Registered> => {
        await lockDevicesOf(tx, caller.userId);
        const before = await findDevice(tx, digests);
        const isTheirs = before?.user_id === caller.userId;
        await forgetToken(tx, digests);
        const row = await insertDevice(tx, {
          id: isTheirs ? before.id : newId<PushDeviceId>(caller.country),
          user_id: caller.userId,
          session_id: caller.sessionId,
          platform: target.platform,
          sealed: keyring.seal(caller.userId, writeTarget(target)),
          digest: digests[0]!,
          created_at: isTheirs ? before.created_at : undefined,
        });
        await trimDevices(tx, caller.userId, DEVICES_MAX);
        return { status: isTheirs ? 200 : 201, body: viewOf(row, caller) };
      }),
    );
  };
}

export function makeListDevices({ databases }: Pick<Ports, 'databases'>) {
  return async (caller: Caller): Promise<PushDevice[]> => {
    const rows = await devicesOf(databases.of(caller.country), caller.userId);
    return rows.map((row) => viewOf(row, caller));
  };
}

/** @throws {AppError} NOT_FOUND unless it is the caller's */
export function makeRemoveDevice({ databases }: Pick<Ports, 'databases'>) {
  return async (caller: Caller, id: PushDeviceId): Promise<void> => {
    const isTheirs = await databases.of(caller.country).transaction((tx) => removeDevice(tx, id, caller.userId));
    if (!isTheirs) throw new AppError('NOT_FOUND');
  };
}

/** Pushes no more to what sessions brought that have ended. */
export async function retireSessions(sql: Sql, sessionIds: readonly SessionId[]): Promise<void> {
  if (sessionIds.length > 0) await forgetDevicesOfSessions(sql, sessionIds);
}

function targetOf(body: DeviceBody, sandboxUrl: string | undefined): PushTarget {
  if (body.platform !== 'webpush') return body;
  const { endpoint, keys } = body.subscription;
  const isSandbox = sandboxUrl !== undefined && endpoint.startsWith(`${sandboxUrl}/`);
  if (!isSandbox && !isPublicHttps(endpoint)) {
    throw invalid('subscription.endpoint', 'must be an https address on a public host');
  }
  return { platform: 'webpush', endpoint, ...keys };
}

function isPublicHttps(endpoint: string): boolean {
  return endpoint.startsWith('https://') && PublicUrl.safeParse(endpoint).success;
}

function viewOf(row: DeviceRow, caller: Caller): PushDevice {
  return {
    id: row.id,
    platform: row.platform,
    is_current: row.session_id === caller.sessionId,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}
