import type { Database } from '#shared/sql.ts';
import type { VerificationPorts } from './ports.ts';
import { keyOf } from './read-case.ts';
import { keyContext } from './sealing/sealed-submission.ts';
import { type CaseRow, findWrappedByOthers, replaceKey } from './store/cases.ts';

const BATCH_MAX = 100;

/**
 * Wraps the keys of cases anew that an older wrapping key has wrapped, so that it can be retired. A hundred of each
 * database at a time; processes may do it side by side.
 *
 * @returns how many were wrapped anew
 */
export function makeRewrapKeys(ports: Pick<VerificationPorts, 'databases' | 'keyManagement' | 'log'>) {
  const { keyManagement, log } = ports;

  async function rewrap(database: Database, row: CaseRow): Promise<number> {
    try {
      const key = await keyOf(ports, row);
      const wrapped = await keyManagement.wrap(key, keyContext(row.id));
      return (await replaceKey(database, row.id, row.wrapped_by!, wrapped)) ? 1 : 0;
    } catch (err) {
      // The others go on. This case cannot be read either: its wrapping key is gone, or its row was altered.
      log.error({ caseId: row.id, wrappedBy: row.wrapped_by, err }, 'the key of a case does not unwrap');
      return 0;
    }
  }

  return async (): Promise<number> => {
    let rewrapped = 0;
    for (const database of ports.databases.all) {
      for (const row of await findWrappedByOthers(database, keyManagement.wrapsBy, BATCH_MAX)) {
        rewrapped += await rewrap(database, row);
      }
    }
    return rewrapped;
  };
}
