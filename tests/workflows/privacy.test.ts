import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Forgotten } from '#shared/privacy.ts';
import { DAY } from '#shared/time.ts';
import { workflowId, type WorkflowKind } from '#shared/workflows/command.ts';
import {
  ERASURE_CANCELLED_SIGNAL,
  type ErasureInput,
  ErasureWorkflow,
  type ExportInput,
  ExportWorkflow,
} from '#shared/workflows/privacy.ts';
import { timeSkippingEnv, withWorkers } from '#tests/harness/temporal.ts';
import { keepHistory } from '#tests/histories/keep-history.ts';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await timeSkippingEnv();
});
afterAll(async () => {
  await env.teardown();
});

const EXPORT_STEPS = ['beginExport', 'exportAccount', 'finishExport', 'expireExport'];

type Steps = Record<string, (asked: never) => Promise<unknown>>;

/** Every step of every domain, told of in order, with what some of them do instead. */
function world(instead: Steps = {}) {
  const told: string[] = [];
  const nothingHeld: Forgotten = { done: true, held: [] };
  const usual: Steps = {
    beginErasure: async () => ({ outcome: 'erased' }),
    finishErasure: async () => undefined,
    beginExport: async () => true,
    exportAccount: async () => 8,
    finishExport: async () => undefined,
    expireExport: async () => undefined,
    exportFiles: async () => 1,
    eraseFiles: async () => nothingHeld,
    exportWords: async () => 2,
    leaveEverything: async () => ({ done: true, held: [{ what: 'messages', until: null }] }),
    exportMoney: async () => 3,
    keepMoney: async () => ({ done: true, held: [{ what: 'ledger', until: '2033-01-01T00:00:00.000Z' }] }),
    exportTrade: async () => 4,
    forgetPerson: async () => nothingHeld,
    exportCases: async () => 1,
    eraseCases: async () => nothingHeld,
    exportNotifications: async () => 5,
    forgetNotifications: async () => nothingHeld,
  };
  const step = (name: string) => async (asked: never) => {
    told.push(name);
    return await (instead[name] ?? usual[name]!)(asked);
  };
  const of = (...names: string[]) => Object.fromEntries(names.map((name) => [name, step(name)]));
  const activities = {
    auth: of('beginErasure', 'finishErasure', 'exportFiles', 'eraseFiles', ...EXPORT_STEPS),
    messaging: of('exportWords', 'leaveEverything'),
    payments: of('exportMoney', 'keepMoney'),
    commerce: of('exportTrade', 'forgetPerson'),
    verification: of('exportCases', 'eraseCases'),
    notifications: of('exportNotifications', 'forgetNotifications'),
  };
  return { told, activities };
}

const subject = { userId: '01890a5d-ac96-774b-8cce-1302099a8057', country: 'TH' };

async function run<Input extends { readonly requestId: string }>(
  kind: WorkflowKind<Input>,
  input: Input,
  { activities }: ReturnType<typeof world>,
  { keptAs, meanwhile }: { readonly keptAs?: string; readonly meanwhile?: () => Promise<void> } = {},
): Promise<unknown> {
  return await withWorkers(env, { domain: 'auth', activities }, async () => {
    const id = workflowId(kind, input.requestId);
    const started = await env.client.workflow.start(kind.type, { workflowId: id, taskQueue: 'auth', args: [input] });
    await meanwhile?.();
    const result: unknown = await started.result();
    if (keptAs !== undefined) await keepHistory(env.client, { domain: 'auth', name: keptAs, workflowId: id });
    return result;
  });
}

const FORGETTING = ['leaveEverything', 'eraseCases', 'eraseFiles', 'forgetPerson', 'keepMoney', 'forgetNotifications'];

describe('an erasure', () => {
  const inDays = async (days: number) => new Date((await env.currentTimeMs()) + days * DAY).toISOString();
  const asked = async (requestId: string, days: number): Promise<ErasureInput> => {
    return { ...subject, requestId, eraseAt: await inDays(days), askAgainAfterMs: DAY };
  };

  test('that is taken back erases nothing', async () => {
    const at = world();
    const input = await asked('cancelled', 30);
    const outcome = await run(ErasureWorkflow, input, at, {
      keptAs: 'erasure-taken-back',
      meanwhile: () => env.client.workflow.getHandle('erasure-cancelled').signal(ERASURE_CANCELLED_SIGNAL),
    });
    expect([outcome, at.told]).toEqual([{ outcome: 'cancelled' }, []]);
  });

  test('whose taking back is still on its way erases nothing, for the store knows it', async () => {
    const at = world({ beginErasure: async () => ({ outcome: 'cancelled' }) });
    expect(await run(ErasureWorkflow, await asked('late', 30), at)).toEqual({ outcome: 'cancelled' });
    expect(at.told).toEqual(['beginErasure']);
  });

  test('of a suspended account that is taken back while it is held up erases nothing', async () => {
    const at = world({ beginErasure: async () => ({ outcome: 'on_hold' }) });
    const outcome = await run(ErasureWorkflow, await asked('held-up', 0), at, {
      keptAs: 'held-up-then-taken-back',
      meanwhile: async () => {
        await vi.waitFor(() => expect(at.told).toContain('beginErasure'));
        await env.client.workflow.getHandle('erasure-held-up').signal(ERASURE_CANCELLED_SIGNAL);
      },
    });
    expect(outcome).toEqual({ outcome: 'cancelled' });
    expect(new Set(at.told)).toEqual(new Set(['beginErasure']));
  });

  test('of a suspended account waits day by day, then until the moment to which it was put off, and goes on', async () => {
    const answers: object[] = [{ outcome: 'on_hold' }, { outcome: 'on_hold' }];
    const before = await env.currentTimeMs();
    answers.push({ outcome: 'early', until: await inDays(9) });
    const at = world({ beginErasure: async () => answers.shift() ?? { outcome: 'erased' } });
    const outcome = await run(ErasureWorkflow, await asked('decided', 0), at, { keptAs: 'held-up-then-erased' });
    expect((await env.currentTimeMs()) - before).toBeGreaterThanOrEqual(9 * DAY);
    expect(outcome).toEqual({ outcome: 'erased' });
    expect(at.told).toEqual([...Array<string>(4).fill('beginErasure'), ...FORGETTING, 'finishErasure']);
  });

  test('waits its time, and then goes from domain to domain and tells what each has kept', async () => {
    let finished: unknown;
    const at = world({ finishErasure: async (told) => void (finished = told) });
    const before = await env.currentTimeMs();
    const outcome = await run(ErasureWorkflow, await asked('whole', 30), at, { keptAs: 'erased-with-notifications' });
    expect((await env.currentTimeMs()) - before).toBeGreaterThanOrEqual(30 * DAY);
    expect([outcome, at.told]).toEqual([{ outcome: 'erased' }, ['beginErasure', ...FORGETTING, 'finishErasure']]);
    expect(finished).toEqual({
      requestId: 'whole',
      held: [
        { what: 'messages', until: null },
        { what: 'ledger', until: '2033-01-01T00:00:00.000Z' },
      ],
    });
  });

  test('asks a domain day by day for as long as it needs an address, and waits out one that is away', async () => {
    let days = 0;
    let tries = 0;
    const at = world({
      forgetPerson: async () => ((days += 1) < 4 ? { done: false } : { done: true, held: [] }),
      eraseFiles: async () => {
        if ((tries += 1) < 6) throw ApplicationFailure.create({ type: 'UPSTREAM_UNAVAILABLE', message: 'away' });
        return { done: true, held: [] };
      },
    });
    const outcome = await run(ErasureWorkflow, await asked('patient', 0), at, { keptAs: 'erased-after-orders' });
    expect([outcome, days, tries]).toEqual([{ outcome: 'erased' }, 4, 6]);
    expect(at.told.at(-1)).toBe('finishErasure');
  });

  test('that is held up for years goes on afresh before its history is too long', async () => {
    let asks = 0;
    const at = world({ beginErasure: async () => ({ outcome: (asks += 1) < 250 ? 'on_hold' : 'erased' }) });
    const input = { ...(await asked('years', 0)), askAgainAfterMs: 1 };
    expect(await run(ErasureWorkflow, input, at)).toEqual({ outcome: 'erased' });
    const { events } = await env.client.workflow.getHandle('erasure-years').fetchHistory();
    expect(asks).toBe(250);
    expect(events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId).toBeTruthy();
    expect(events?.length).toBeLessThan(2_500);
  });
});

describe('an export', () => {
  const asked = (requestId: string): ExportInput => ({ ...subject, requestId, keptForMs: 7 * DAY });
  const GATHERING = [
    'exportAccount',
    'exportWords',
    'exportFiles',
    'exportMoney',
    'exportTrade',
    'exportCases',
    'exportNotifications',
  ];

  test('of someone who is erased by now is withdrawn', async () => {
    const at = world({ beginExport: async () => false });
    expect(await run(ExportWorkflow, asked('nobody'), at)).toEqual({ outcome: 'withdrawn' });
    expect(at.told).toEqual(['beginExport', 'expireExport']);
  });

  test('of someone who is erased meanwhile is withdrawn, and what there is of it removed', async () => {
    const gone = () => Promise.reject(ApplicationFailure.nonRetryable('the export is over', 'CONFLICT'));
    const at = world({ exportMoney: gone });
    expect(await run(ExportWorkflow, asked('gone'), at, { keptAs: 'export-withdrawn' })).toEqual({
      outcome: 'withdrawn',
    });
    expect(at.told.at(-1)).toBe('expireExport');
    expect(at.told).not.toContain('finishExport');
  });

  test('that breaks for good removes what there is of it, and fails where ops see it', async () => {
    const broken = () => Promise.reject(ApplicationFailure.nonRetryable('a bug', 'VALIDATION_ERROR'));
    const at = world({ exportTrade: broken });
    await expect(run(ExportWorkflow, asked('broken'), at)).rejects.toThrow('failed');
    expect(at.told.at(-1)).toBe('expireExport');
  });

  test('gathers from each domain, can be fetched for a week, and is removed', async () => {
    const at = world();
    const before = await env.currentTimeMs();
    expect(await run(ExportWorkflow, asked('whole'), at, { keptAs: 'exported-with-notifications' })).toEqual({
      outcome: 'expired',
    });
    expect(at.told).toEqual(['beginExport', ...GATHERING, 'finishExport', 'expireExport']);
    expect((await env.currentTimeMs()) - before).toBeGreaterThanOrEqual(7 * DAY);
  });
});
