import type { UserId } from '#shared/ids.ts';
import type { Country } from '#shared/regions.ts';
import type { ChannelsPorts } from './ports.ts';
import { findAddress, forgetAddress } from './store/addresses.ts';
import { forgetFormer, formerOf } from './store/former-addresses.ts';
import { devicesOf, forgetDevices } from './store/devices.ts';

type Ports = Pick<ChannelsPorts, 'databases' | 'keyring'>;

/** Where someone is written to and pushed to, for the export of their data. Tokens are their platforms' and left out. */
export function makeOwnAddresses({ databases, keyring }: Ports) {
  return async (userId: UserId, country: Country): Promise<readonly object[]> => {
    const database = databases.of(country);
    const [address, former, devices] = await Promise.all([
      findAddress(database, userId),
      formerOf(database, userId),
      devicesOf(database, userId),
    ]);
    const open = (sealed: Uint8Array | null) => (sealed === null ? null : keyring.open(userId, sealed));
    const mail =
      address === undefined
        ? []
        : [
            {
              type: 'email',
              address: open(address.sealed),
              confirmed_at: address.confirmed_at,
              pending: open(address.pending_sealed),
            },
          ];
    const pushed = devices.map(({ id, platform, session_id, created_at, updated_at }) => {
      return { type: 'push', id, platform, session_id, created_at, updated_at };
    });
    const before = former.map(({ sealed, created_at: ended_at }) => {
      return { type: 'email', address: open(sealed), ended_at };
    });
    return [...mail, ...before, ...pushed];
  };
}

/**
 * Forgets where someone is reached. That an address must not be written to stays, by its digest alone: it protects whoever
 * reads it.
 */
export function makeForgetAddresses({ databases }: Pick<Ports, 'databases'>) {
  return async (userId: UserId, country: Country): Promise<void> => {
    await databases.of(country).transaction(async (tx) => {
      await forgetAddress(tx, userId);
      await forgetFormer(tx, userId);
      await forgetDevices(tx, userId);
    });
  };
}
