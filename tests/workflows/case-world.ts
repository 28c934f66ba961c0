import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { makeTierActivities } from '#activities/auth/tier-activities.ts';
import { makeCommerceActivities } from '#activities/commerce/activities.ts';
import { makeVerificationActivities, type VerificationActivities } from '#activities/verification/activities.ts';
import { cacheFolder } from '#infrastructure/local/storage/folders.ts';
import { makeCaseStories } from '#infrastructure/temporal/case-stories.ts';
import { makeSetKycTier } from '#services/auth/kyc-tier.ts';
import { findPeople } from '#services/auth/people.ts';
import type { Caller } from '#shared/caller.ts';
import type { KycStatus } from '#shared/contracts/verification/kyc.ts';
import type { CaseId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Country } from '#shared/regions.ts';
import { statement } from '#shared/sql.ts';
import { DAY, SECOND } from '#shared/time.ts';
import {
  CASE_CHANGED_SIGNAL,
  CASE_VIEW_QUERY,
  CASE_WORKFLOWS,
  type CaseInput,
  type CaseOutcome,
  type CaseView,
} from '#shared/workflows/case.ts';
import { workflowId } from '#shared/workflows/command.ts';
import { openCommerce } from '#tests/integration/commerce/open-commerce.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { keepHistory } from '#tests/histories/keep-history.ts';
import { openDesk, someone, submission, TIMES } from '#tests/integration/verification/open-verification.ts';
import { ensureBundle } from '#workers/workflow-bundles.ts';

/** Long enough for a story every step of which is lost twice. */
const STORY_ANSWERS_WITHIN_MS = 20 * SECOND;

export type CaseWorld = Awaited<ReturnType<typeof openCaseWorld>>;

/** Stands between the workflow and its steps. */
export type Between = (steps: VerificationActivities) => VerificationActivities;

const INSERT_ACCOUNT = statement(
  '',
  `INSERT INTO auth.accounts (id, phone_number, country_code, role, locale, timezone)
   VALUES ($1, '+66' || (800000000 + floor(random() * 99999999))::bigint, $2, 'user', 'en', 'Asia/Bangkok')`,
);

type CaseWorldOptions = {
  readonly between?: Between;
  readonly maxCachedWorkflows?: number;
  /** The bundle of the stories' code; that of today when not said. */
  readonly code?: { readonly codePath: string } | { readonly code: string };
};

/** Workers of the queues that cases use, over a database of their own and the sandbox's providers. */
export async function openCaseWorld(
  env: TestWorkflowEnvironment,
  { between = (steps) => steps, maxCachedWorkflows = 100, code }: CaseWorldOptions = {},
) {
  // Years pass on a server that skips time; whoever looks at a document's days must live in them.
  let skippedMs = 0;
  const desk = await openDesk({
    clock: () => new Date(Date.now() + skippedMs),
    stories: makeCaseStories({ client: env.client, log: quietLog, answerWithinMs: STORY_ANSWERS_WITHIN_MS }),
  });
  const { db, verification } = desk;
  const prefix = `c${newId('core').slice(-8)}-`;
  const commerce = openCommerce(db);
  const today = { codePath: (await ensureBundle('verification', join(cacheFolder(process.env), 'bundles'))).path };

  /** Runs the stories until it is stopped. */
  async function lead(workflowBundle: NonNullable<CaseWorldOptions['code']>) {
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue: `${prefix}verification`,
      workflowBundle,
      activities: between(makeVerificationActivities(verification)),
      maxCachedWorkflows,
    });
    const run = worker.run();
    return async () => {
      worker.shutdown();
      await run;
    };
  }
  let stopLeading = await lead(code ?? today);
  const workers = await Promise.all([
    Worker.create({
      connection: env.nativeConnection,
      taskQueue: `${prefix}auth`,
      activities: makeTierActivities(makeSetKycTier({ databases: db.databases, outbox: db.outbox })),
    }),
    Worker.create({
      connection: env.nativeConnection,
      taskQueue: `${prefix}commerce`,
      activities: makeCommerceActivities(commerce),
    }),
  ]);
  const running = Promise.all(workers.map((worker) => worker.run()));
  const handleOf = (id: string, kind: 'kyc' | 'kyb' = 'kyc') =>
    env.client.workflow.getHandle<(input: CaseInput) => Promise<CaseOutcome>>(workflowId(CASE_WORKFLOWS[kind], id));

  /** The day of birth of someone who is grown up and not too old, whatever year it is. */
  const bornOn = (): string => `${new Date(Date.now() + skippedMs).getUTCFullYear() - 36}-05-17`;

  return {
    ...desk,
    desk,
    commerce,
    handleOf,
    /** Somebody new with an account. */
    person: async (country: Country = 'TH'): Promise<Caller> => {
      const caller = someone('user', country);
      await db.databases.of(country).rows(INSERT_ACCOUNT, [caller.userId, country]);
      return caller;
    },
    /** The day that it is on the server, some days later; from now on it is that time for everybody. */
    dayIn: async (days: number): Promise<string> => {
      const now = await env.currentTimeMs();
      skippedMs = now - Date.now();
      return new Date(now + days * DAY).toISOString().slice(0, 10);
    },
    bornOn,
    apply: async (caller: Caller, wish: Parameters<typeof submission>[0] = {}): Promise<CaseId> =>
      (await verification.applyForTier(caller, submission({ date_of_birth: bornOn(), ...wish }), undefined))
        .case_id as CaseId,
    /** Starts the case's workflow, as its event does. */
    start: (id: CaseId, kind: 'kyc' | 'kyb' = 'kyc', input: Partial<CaseInput> = {}) =>
      env.client.workflow.start<(input: CaseInput) => Promise<CaseOutcome>>(CASE_WORKFLOWS[kind].type, {
        workflowId: workflowId(CASE_WORKFLOWS[kind], id),
        taskQueue: `${prefix}verification`,
        args: [{ caseId: id, kind, ...TIMES, ...input }],
      }),
    /** Tells the workflow that someone did something, as their event does. */
    wake: (id: string, kind: 'kyc' | 'kyb' = 'kyc') => handleOf(id, kind).signal(CASE_CHANGED_SIGNAL),
    view: (id: string) => handleOf(id).query<CaseView>(CASE_VIEW_QUERY),
    status: (caller: Caller): Promise<KycStatus> => verification.getKycStatus(caller),
    /** The tier that limits are read from. */
    tierOf: async (userId: UserId): Promise<number | undefined> => {
      const [person] = await findPeople(db.databases, [userId]);
      return person?.kycTier;
    },
    /** Stops the worker that leads the stories, as a deployment does. */
    stop: async (): Promise<void> => {
      await stopLeading();
      stopLeading = async () => undefined;
    },
    /** Starts another, with the code of today. */
    startToday: async (): Promise<void> => void (stopLeading = await lead(today)),
    keep: async (id: string, name: string, kind: 'kyc' | 'kyb' = 'kyc', runId?: string): Promise<void> => {
      if (process.env.RECORD_HISTORIES !== '1') return;
      const kept = { domain: 'verification', name, workflowId: workflowId(CASE_WORKFLOWS[kind], id) };
      await keepHistory(env.client, runId === undefined ? kept : { ...kept, runId });
    },
    [Symbol.asyncDispose]: async () => {
      await stopLeading();
      for (const worker of workers) worker.shutdown();
      await running;
      await desk[Symbol.asyncDispose]();
    },
  };
}
