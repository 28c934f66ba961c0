import { type DialogId, type UserId, regionOf } from '#shared/ids.ts';
import type { Databases } from '#shared/sql.ts';
import { makeMayOpen } from './may-open.ts';
import type { Blocks, People } from './ports.ts';
import type { Member } from './service.ts';
import { type Pair, type PairRow, claimPair, findPair } from './store/dialogs.ts';

type Ports = { readonly databases: Databases; readonly people: People; readonly blocks: Blocks };

/**
 * Which dialog a pair has, or will have once it is added.
 *
 * The two may be at home in different regions, so the pair's row, in the region of the lower user id, decides which
 * dialog is theirs and who opened it. The dialog itself is added in a second step by whoever finds it missing, so a
 * crash between the two heals at the next try from either side.
 */
export function makeFindPair(ports: Ports) {
  const mayOpen = makeMayOpen(ports);
  return async (caller: Member, other: UserId, proposedId: DialogId): Promise<PairRow> => {
    const pair: Pair =
      caller.userId < other ? { low: caller.userId, high: other } : { low: other, high: caller.userId };
    const database = ports.databases.of(regionOf(pair.low));
    const existing = await findPair(database, pair);
    if (existing !== undefined) return existing;
    await mayOpen(caller, [other]);
    return await claimPair(database, pair, { dialog_id: proposedId, creator_id: caller.userId });
  };
}
