import { randomBytes } from 'node:crypto';
import type { Client as Temporal } from '@temporalio/client';
import type { Client as Postgres } from 'pg';
import type { CaseId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { DAY } from '#shared/time.ts';
import { type CaseInput, KycWorkflow } from '#shared/workflows/case.ts';
import { workflowId } from '#shared/workflows/command.ts';
import { type Meter, pause } from '../measure.ts';
import { forEach } from '../sockets/connect.ts';

/** Starts under way at a time. */
const LANES = 24;
const LOOK_EVERY_MS = 200;
/** Events of a story that has looked at its case and waits: started, a task of three, what it found, a timer. */
const WAITS_FROM_EVENTS = 6;
/** The last to be started, which are the last to wait. */
const LAST = 100;

/** As a case is when a reviewer is to look at it. The first state that the database takes is `checking`. */
const INSERT = `INSERT INTO verification.cases (id, kind, owner_id, country, tier, state, wrapped_by, sealed_key, created_at,
    updated_at)
  SELECT item.id, 'kyc', item.owner, 'TH', 1, 'checking', 'bench', $3, now(), now()
  FROM unnest($1::uuid[], $2::uuid[]) AS item (id, owner)`;
const TO_REVIEW = `UPDATE verification.cases SET state = 'review', doubts = '{registry_unclear}', waiting_since = now(),
    due_at = now() + interval '2 days' WHERE id = ANY ($1::uuid[])`;

type Engines = {
  readonly postgres: Postgres;
  readonly temporal: Temporal;
  readonly taskQueuePrefix: string;
  /** Counts the starts. */
  readonly meter: Meter;
};

/**
 * Opens cases that wait for a reviewer: the row, and the real story, which a real worker leads to where it waits. That a
 * registry was asked and a person logged in before costs most of a case's opening and nothing of its waiting, so it is left
 * out.
 */
export async function openWaitingCases(engines: Engines, count: number): Promise<void> {
  const { postgres, temporal, taskQueuePrefix, meter } = engines;
  const ids = Array.from({ length: count }, () => newId<CaseId>('TH'));
  const owners = ids.map(() => newId<UserId>('TH'));
  await postgres.query(INSERT, [ids, owners, randomBytes(60)]);
  await postgres.query(TO_REVIEW, [ids]);
  await forEach(ids, LANES, async (caseId) => {
    const input: CaseInput = { caseId, kind: 'kyc', reviewSlaMs: 2 * DAY, answerWithinMs: 30 * DAY };
    const startedAt = performance.now();
    await temporal.workflow.start(KycWorkflow.type, {
      workflowId: workflowId(KycWorkflow, caseId),
      taskQueue: taskQueuePrefix + KycWorkflow.taskQueue,
      args: [input],
    });
    meter.done(startedAt);
  });
  for (const caseId of ids.slice(-LAST)) {
    const story = temporal.workflow.getHandle(workflowId(KycWorkflow, caseId));
    while ((await story.describe()).historyLength < WAITS_FROM_EVENTS) await pause(LOOK_EVERY_MS);
  }
}
