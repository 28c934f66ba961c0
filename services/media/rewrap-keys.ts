import type { Database } from '#shared/sql.ts';
import type { MediaPorts } from './ports.ts';
import { SWEEP_BATCH_MAX } from './rules.ts';
import { keyContext } from './sealing/sealed-file.ts';
import { findWrappedByOthers, replaceKey, type WrappedRow } from './store.ts';

/**
 * Wraps the keys of files anew that an older wrapping key has wrapped, so that it can be retired. The files themselves
 * stay as they are. A hundred of each database at a time; processes may do it side by side.
 *
 * @returns how many were wrapped anew
 */
export function makeRewrapKeys({
  databases,
  keyManagement,
  log,
}: Pick<MediaPorts, 'databases' | 'keyManagement' | 'log'>) {
  async function rewrap(database: Database, row: WrappedRow): Promise<number> {
    const { id, wrapped_by: wrappedBy, sealed_key: sealed } = row;
    try {
      const key = await keyManagement.unwrap({ wrappedBy, sealed }, keyContext(id));
      return (await replaceKey(database, id, wrappedBy, await keyManagement.wrap(key, keyContext(id)))) ? 1 : 0;
    } catch (err) {
      // The others go on. This file cannot be read either: its wrapping key is gone, or its row was altered.
      log.error({ mediaId: id, wrappedBy, err }, 'the key of a file does not unwrap');
      return 0;
    }
  }

  return async (): Promise<number> => {
    let rewrapped = 0;
    for (const database of databases.all) {
      const rows = await findWrappedByOthers(database, keyManagement.wrapsBy, SWEEP_BATCH_MAX);
      for (const row of rows) rewrapped += await rewrap(database, row);
    }
    return rewrapped;
  };
}
