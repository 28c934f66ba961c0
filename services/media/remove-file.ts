import { type MediaId, regionOf } from '#shared/ids.ts';
import type { Tx } from '#shared/sql.ts';
import type { MediaPorts } from './ports.ts';
import { fileKey, thumbKey } from './rules.ts';
import { forget } from './store.ts';

/** Removes a file's bytes, and then its row: never the other way round, so that no bytes are left that no row knows of. */
export async function removeFile(
  { databases, stores }: Pick<MediaPorts, 'databases' | 'stores'>,
  id: MediaId,
  tell: (tx: Tx) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const region = regionOf(id);
  const store = stores.of(region);
  await Promise.all([store.delete(fileKey(id)), store.delete(thumbKey(id))]);
  await databases.of(region).transaction(async (tx) => {
    if (await forget(tx, id)) await tell(tx);
  });
}
