import { randomBytes } from 'node:crypto';
import type { Caller } from '#shared/caller.ts';
import { actAs } from '#shared/act-as.ts';
import { AppError } from '#shared/errors.ts';
import { happened } from '#shared/events/event.ts';
import { CaseOpened } from '#shared/events/verification.ts';
import type { CaseId, MediaId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Country } from '#shared/regions.ts';
import type { Tx } from '#shared/sql.ts';
import type { VerificationPorts } from './ports.ts';
import { keyOf } from './read-case.ts';
import { ROUNDS_MAX, UNDER_WAY } from './rules.ts';
import { KEY_BYTES, keyContext, seal, type Submission } from './sealing/sealed-submission.ts';
import { type CaseRow, insertCase, latestCase, lockCase, moveCase, type Subject } from './store/cases.ts';
import { insertSubmission } from './store/submissions.ts';
import { audited, changed } from './told.ts';

type Ports = Pick<
  VerificationPorts,
  'databases' | 'outbox' | 'keyManagement' | 'clock' | 'reviewSlaMs' | 'answerWithinMs'
>;

export type Application = {
  readonly caller: Caller;
  readonly subject: Subject;
  /** Whose registries are asked. */
  readonly country: Country;
  readonly tier: number | null;
  readonly submission: Submission;
  readonly mediaIds: readonly MediaId[];
};

/** A case, with the key that seals what is submitted to it. */
type Sealable = {
  readonly id: CaseId;
  readonly key: Uint8Array;
  readonly wrapped: { wrappedBy: string; sealed: Uint8Array } | undefined;
};

/**
 * Makes ready to write a submission: into the case that waits for one, or into a new one. The answer is for a
 * transaction, in which it is seen again what the case is by then.
 *
 * @returns writes the submission; it refuses with CONFLICT while the case is in others' hands
 */
export async function prepareCase(ports: Ports, application: Application) {
  const { caller, subject } = application;
  const before = await latestCase(ports.databases.of(caller.country), subject);
  const sealable = await sealableOf(ports, caller, before);
  return async (tx: Tx, mayOpen: (latest: CaseRow | undefined) => Promise<void>): Promise<CaseRow> => {
    const latest = await latestCase(tx, subject);
    const current = latest === undefined ? undefined : await lockCase(tx, latest.id);
    if (current !== undefined && UNDER_WAY.has(current.state)) {
      if (current.id !== sealable.id || sealable.wrapped !== undefined) throw underWay();
      return await resubmit(ports, tx, current, application, sealable);
    }
    await mayOpen(current);
    if (sealable.wrapped === undefined) throw underWay();
    return await openNew(ports, tx, application, { ...sealable, wrapped: sealable.wrapped });
  };
}

async function sealableOf({ keyManagement }: Ports, caller: Caller, before: CaseRow | undefined): Promise<Sealable> {
  if (before?.state === 'asking') {
    return { id: before.id, key: await keyOf({ keyManagement }, before), wrapped: undefined };
  }
  const id = newId<CaseId>(caller.country);
  const key = randomBytes(KEY_BYTES);
  return { id, key, wrapped: await keyManagement.wrap(key, keyContext(id)) };
}

async function openNew(
  ports: Ports,
  tx: Tx,
  application: Application,
  { id, key, wrapped }: Sealable & { readonly wrapped: NonNullable<Sealable['wrapped']> },
): Promise<CaseRow> {
  const { caller, subject, country, tier } = application;
  const at = ports.clock();
  const shopId = subject.kind === 'kyb' ? subject.shopId : null;
  const made = { id, kind: subject.kind, owner_id: caller.userId, shop_id: shopId, country, tier, key: wrapped, at };
  const row = await insertCase(tx, made);
  if (row === undefined) throw underWay();
  await write(tx, row, application, key, at);
  const opened = happened(CaseOpened, row.id, {
    case_id: row.id,
    kind: row.kind,
    owner_id: row.owner_id,
    shop_id: row.shop_id,
    review_sla_ms: ports.reviewSlaMs,
    answer_within_ms: ports.answerWithinMs,
  });
  await ports.outbox.append(tx, {
    events: [opened, changed(row, 'submitted')],
    audit: [audited(row, 'submitted', factsOf(application), caller.userId)],
  });
  return row;
}

async function resubmit(
  ports: Ports,
  tx: Tx,
  current: CaseRow,
  application: Application,
  { key }: Sealable,
): Promise<CaseRow> {
  const { caller, tier } = application;
  if (current.state !== 'asking') throw underWay();
  if (current.tier !== tier) {
    throw new AppError('CONFLICT', { details: `The case under way is about tier ${current.tier}` });
  }
  if (current.round >= ROUNDS_MAX) throw new AppError('CONFLICT', { details: 'This case has been asked too often' });
  const at = ports.clock();
  const round = current.round + 1;
  const next = { state: 'checking', round, submission: round, wanted: [], doubts: [], reason: null } as const;
  const row = await moveCase(tx, current, next, at);
  await write(tx, row, application, key, at);
  await ports.outbox.append(tx, {
    events: [changed(row, 'resubmitted')],
    audit: [audited(row, 'resubmitted', factsOf(application), caller.userId)],
  });
  return row;
}

async function write(tx: Tx, row: CaseRow, { submission, mediaIds }: Application, key: Uint8Array, at: Date) {
  await actAs(tx, row.owner_id);
  const sealed = seal(key, { caseId: row.id, round: row.round }, submission);
  await insertSubmission(tx, { case_id: row.id, round: row.round, sealed, media_ids: mediaIds, submitted_at: at });
}

function factsOf({ subject, tier, submission }: Application) {
  return { kind: subject.kind, documents: submission.documents.length, ...(tier === null ? {} : { tier }) };
}

function underWay(): AppError {
  return new AppError('CONFLICT', { details: 'A case is under way already: it waits for no answer of yours' });
}
