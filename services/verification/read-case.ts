import { actingAs } from '#shared/act-as.ts';
import { AppError } from '#shared/errors.ts';
import { type CaseId, regionOf } from '#shared/ids.ts';
import type { Database, Tx } from '#shared/sql.ts';
import type { VerificationPorts } from './ports.ts';
import { keyContext, open, type Submission } from './sealing/sealed-submission.ts';
import { type CaseRow, findCase, lockCase } from './store/cases.ts';
import { findSubmission } from './store/submissions.ts';

type Ports = Pick<VerificationPorts, 'databases'>;

export function homeOf({ databases }: Ports, id: CaseId): Database {
  return databases.of(regionOf(id));
}

/** @throws {AppError} NOT_FOUND */
export async function readCase(ports: Ports, id: CaseId): Promise<CaseRow> {
  const row = await findCase(homeOf(ports, id), id);
  if (row === undefined) throw new AppError('NOT_FOUND', { message: 'There is no such case' });
  return row;
}

/** Does something to a case while nobody else can. @throws {AppError} NOT_FOUND */
export function withCase<T>(ports: Ports, id: CaseId, work: (tx: Tx, row: CaseRow) => Promise<T>): Promise<T> {
  return homeOf(ports, id).transaction(async (tx) => {
    const row = await lockCase(tx, id);
    if (row === undefined) throw new AppError('NOT_FOUND', { message: 'There is no such case' });
    return await work(tx, row);
  });
}

/** The key of a case. @throws {AppError} NOT_FOUND when what was submitted has been erased */
export async function keyOf(
  { keyManagement }: Pick<VerificationPorts, 'keyManagement'>,
  row: CaseRow,
): Promise<Uint8Array> {
  const { wrapped_by: wrappedBy, sealed_key: sealed } = row;
  if (wrappedBy === null || sealed === null) {
    throw new AppError('NOT_FOUND', { message: 'What was submitted has been erased' });
  }
  return await keyManagement.unwrap({ wrappedBy, sealed }, keyContext(row.id));
}

/**
 * What is judged in this round. Opened outside transactions: key management may be far away.
 *
 * @param reader for whom it is read, where that is not a worker
 */
export async function readSubmission(
  ports: Ports & Pick<VerificationPorts, 'keyManagement'>,
  row: CaseRow,
  reader: 'staff' | 'worker' = 'worker',
): Promise<Submission> {
  const key = await keyOf(ports, row);
  const home = homeOf(ports, row.id);
  const found = await actingAs(home, reader, (tx) => findSubmission(tx, row.id, row.submission));
  if (found === undefined) throw new AppError('NOT_FOUND', { message: 'What was submitted has been erased' });
  return open(key, { caseId: row.id, round: row.submission }, found.sealed);
}
