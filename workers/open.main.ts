import { join } from 'node:path';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { Registry } from 'prom-client';
import { makeAuthActivities } from '#activities/auth/activities.ts';
import { makeTierActivities } from '#activities/auth/tier-activities.ts';
import { makeCommerceActivities } from '#activities/commerce/activities.ts';
import { makeMessagingActivities } from '#activities/messaging/activities.ts';
import { makeNotificationActivities } from '#activities/notifications/activities.ts';
import { makePaymentActivities } from '#activities/payments/activities.ts';
import { makeReconciliationActivities } from '#activities/payments/reconciliation-activities.ts';
import { makeVerificationActivities } from '#activities/verification/activities.ts';
import type { Config } from '#infrastructure/config/settings.ts';
import { auditChain } from '#infrastructure/events/audit-chain.ts';
import { countIndexed } from '#infrastructure/events/event-metrics.ts';
import { startLoop } from '#infrastructure/events/loop.ts';
import { purgeIdempotencyKeys } from '#infrastructure/idempotency/purge.ts';
import { cacheFolder } from '#infrastructure/local/storage/folders.ts';
import { openHealthServer } from '#infrastructure/process/health-server.ts';
import { openAnnouncer } from '#infrastructure/realtime-announcer/open-announcer.ts';
import { dataConverter, openTemporal } from '#infrastructure/temporal/client.ts';
import { makeWorkflowDriver } from '#infrastructure/temporal/workflow-driver.ts';
import { makeSetKycTier } from '#services/auth/kyc-tier.ts';
import { type Ground, openGround } from '#services/ground.main.ts';
import { makeDetachMedia, makeDetachPurged } from '#services/media/detach-media.ts';
import { openOtpDelivery, openTellOldNumber } from '#services/wire-auth.main.ts';
import { openCommerce } from '#services/wire-commerce.main.ts';
import { openCopyBlock } from '#services/wire-messaging.main.ts';
import { openMessagingUpkeep } from '#services/wire-messaging-upkeep.main.ts';
import { openChannels } from '#services/wire-channels.main.ts';
import { notificationsPorts, openNotifications } from '#services/wire-notifications.main.ts';
import { openPayments } from '#services/wire-payments.main.ts';
import { openReconcile } from '#services/wire-reconciliation.main.ts';
import { openVerification } from '#services/wire-verification.main.ts';
import { unreachable } from '#shared/errors.ts';
import type { Consumer } from '#shared/events/bus.ts';
import type { Log } from '#shared/log.ts';
import { HOUR } from '#shared/time.ts';
import { makeAuthTrigger } from '#shared/workflows/auth.ts';
import { commerceTrigger } from '#shared/workflows/commerce.ts';
import { notificationsTrigger } from '#shared/workflows/notifications.ts';
import { disputeTrigger } from '#shared/workflows/dispute-trigger.ts';
import { paymentsTrigger } from '#shared/workflows/payments.ts';
import { payoutsTrigger } from '#shared/workflows/payouts.ts';
import { privacyTrigger } from '#shared/workflows/privacy-trigger.ts';
import { verificationTrigger } from '#shared/workflows/verification.ts';
import { makeBarredParties } from './consumers/barred-parties.ts';
import { makeBlockCopies } from './consumers/block-copies.ts';
import { makeFileEndings } from './consumers/file-endings.ts';
import { makeFirstTexts } from './consumers/first-texts.ts';
import { makeOrderRefunds } from './consumers/order-refunds.ts';
import { makeOldNumbers } from './consumers/old-numbers.ts';
import { makeOverHeldMax } from './consumers/over-held-max.ts';
import { makeLiveUpdates } from './consumers/live-updates.ts';
import { channelConsumers, purgeAttempts } from './channels.main.ts';
import { notificationConsumers, sendNotifications } from './notifications.main.ts';
import { signAuditHeads } from './audit-heads.main.ts';
import { registerEventSchemas } from './event-schemas.main.ts';
import { careForLedger, reconciliationSchedules } from './ledger-care.main.ts';
import { carryEvents } from './events.main.ts';
import { pollRates } from './fx-rates.main.ts';
import { privacyActivitiesOf } from './privacy.main.ts';
import { purgeSessions } from './purge-sessions.main.ts';
import { sweepCodes } from './sweep-codes.main.ts';
import { rewrapDestinations } from './rewrap-destinations.main.ts';
import { sweepHolds } from './sweep-holds.main.ts';
import { keepSchedules, messagingSchedules, settlementSchedules, verificationSchedules } from './schedules.main.ts';
import { keepSigningKeys } from './signing-keys.main.ts';
import { startTaskQueueWorker, type TaskQueueWorker } from './task-queues/task-queue-worker.ts';
import { ensureBundle, workflowDomains } from './workflow-bundles.ts';

/**
 * Cases kept in memory. One takes its steps within seconds and then waits for days, so that it is not worth its room: when
 * someone acts, its short history is replayed.
 */
const CACHED_CASES_MAX = 50;
/**
 * A task of a code's delivery lasts while its provider is sent to, and two seconds more for the report: it waits, and takes
 * no processor.
 */
const AUTH_WORKFLOW_TASKS_MAX = 200;

export type OpenWorker = { stop(): Promise<void> };

type Role = Config['WORKER_ROLES'][number];
type Domain = Exclude<Role, 'relay' | 'consumer'>;

/** Opens everything that WORKER_ROLES names. Temporal may be away: what does not need it works on meanwhile. */
export async function openWorker(config: Config, log: Log, registry: Registry): Promise<OpenWorker> {
  Runtime.install({
    // The role's own life decides when to stop; the SDK must not end by itself at a signal.
    shutdownSignals: [],
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
      const facts = { ...meta };
      if (level === 'ERROR') log.error(facts, message);
      else log.warn(facts, message);
    }),
  });
  const resources = new AsyncDisposableStack();
  const ground = resources.use(await openGround('worker', config, log));
  const roles = new Set(config.WORKER_ROLES);
  const consumers = roles.has('consumer') ? await openConsumers(ground, resources) : undefined;
  if (roles.has('consumer')) signAuditHeads(ground, resources);
  // Opened after what its consumers use, so that it is closed before: a turn under way ends first.
  carryEvents(ground, { isRelay: roles.has('relay'), consumers }, resources);
  if (roles.has('relay')) forgetOldKeys(ground, resources);
  if (roles.has('relay')) await registerEventSchemas(ground, resources);
  const served: TaskQueueWorker[] = [];
  for (const domain of ['auth', 'messaging', 'payments', 'commerce', 'verification', 'notifications'] as const) {
    if (roles.has(domain)) served.push(await serve(domain, ground, resources));
  }
  resources.defer(async () => void (await Promise.all(served.map((worker) => worker.stop()))));
  if (roles.has('auth')) keepSigningKeys(ground, resources);
  if (roles.has('auth')) purgeSessions(ground, resources);
  if (roles.has('auth')) sweepCodes(ground, resources);
  if (roles.has('notifications')) {
    const { channels, close } = openChannels(ground, notificationsPorts(ground));
    resources.defer(close);
    sendNotifications(ground, channels, resources);
    purgeAttempts(ground, channels, resources);
  }
  if (roles.has('payments')) sweepHolds(ground, resources);
  if (roles.has('payments')) rewrapDestinations(ground, resources);
  if (roles.has('payments')) pollRates(ground, resources);
  if (roles.has('payments')) keepSchedules(config, settlementSchedules(config), log, resources);
  if (roles.has('messaging')) keepSchedules(config, messagingSchedules(config), log, resources);
  if (roles.has('payments')) keepSchedules(config, reconciliationSchedules(config), log, resources);
  if (roles.has('verification')) keepSchedules(config, verificationSchedules(config), log, resources);
  const health = await openHealthServer({
    host: config.HOST,
    port: config.WORKER_PORT,
    checks: { postgres: () => ground.databases.ping() },
    registry,
  });
  return {
    stop: async () => {
      await health[Symbol.asyncDispose]();
      await resources.disposeAsync();
    },
  };
}

/** The loops that forget old Idempotency-Keys, one for each database. */
function forgetOldKeys({ databases, log }: Ground, resources: AsyncDisposableStack): void {
  for (const database of databases.all) {
    const purge = startLoop({
      name: 'purge-idempotency-keys',
      restMs: HOUR,
      log,
      turn: async () => ((await purgeIdempotencyKeys(database)) > 0 ? 'busy' : 'idle'),
    });
    resources.defer(() => purge.stop());
  }
}

/** The consumer groups, and what they use. */
async function openConsumers(ground: Ground, resources: AsyncDisposableStack): Promise<readonly Consumer[]> {
  const { config, clock, log } = ground;
  const temporal = openTemporal(config);
  resources.defer(() => temporal.close());
  const announcer = resources.use(
    await openAnnouncer({ redisUrl: config.REDIS_URL, prefix: config.REDIS_PREFIX, name: 'worker', log }),
  );
  const { commerce, close } = openCommerce(ground);
  resources.defer(close);
  const { channels, close: closeChannels } = openChannels(ground, notificationsPorts(ground));
  resources.defer(closeChannels);
  const payments = openPayments(ground);
  const codes = openOtpDelivery(ground);
  return [
    auditChain,
    (await openMessagingUpkeep(ground, resources, countIndexed)).index,
    makeWorkflowDriver({
      client: temporal.client,
      triggers: [
        makeAuthTrigger({ fallbackAfterMs: config.OTP_FALLBACK_AFTER, clock }),
        paymentsTrigger,
        disputeTrigger,
        payoutsTrigger,
        commerceTrigger,
        verificationTrigger,
        privacyTrigger,
        notificationsTrigger,
      ],
      taskQueuePrefix: config.TASK_QUEUE_PREFIX,
    }),
    makeFirstTexts({
      sendUnsent: (challenges) => codes.sendUnsent(challenges),
      afterMs: config.OTP_SENT_WITHOUT_WORKFLOW_AFTER,
    }),
    makeOldNumbers({ tellOldNumber: openTellOldNumber(ground) }),
    makeBarredParties({ copyParty: payments.copyParty }),
    makeBlockCopies({ copyBlock: openCopyBlock(ground) }),
    makeFileEndings({ detach: makeDetachMedia(ground), detachPurged: makeDetachPurged(ground) }),
    makeOverHeldMax({ noteOverHeldMax: payments.noteOverHeldMax }),
    makeOrderRefunds({ recordRefund: commerce.recordRefund }),
    makeLiveUpdates({
      orderFor: commerce.getOrderFor,
      transactionFor: (userId, id) => payments.getTransaction({ userId }, id),
      walletFor: (userId, id) => payments.getWallet({ userId }, id, undefined),
      moneyRequestFor: (userId, id) => payments.getMoneyRequest({ userId }, id),
      caseFor: openVerification(ground).statusOfCase,
      emitToUsers: (userIds, event, data) => announcer.emitToUsers(userIds, event, data),
    }),
    ...(await notificationConsumers(ground, (...told) => announcer.emitToUsers(...told), resources)),
    ...channelConsumers(ground, channels),
  ];
}

/** One domain's task queue, with its workflows and its activities. */
async function serve(domain: Domain, ground: Ground, resources: AsyncDisposableStack): Promise<TaskQueueWorker> {
  const { config, log } = ground;
  const hasWorkflows = (await workflowDomains()).includes(domain);
  const bundle = hasWorkflows ? await ensureBundle(domain, join(cacheFolder(process.env), 'bundles')) : undefined;
  return startTaskQueueWorker({
    domain,
    taskQueue: config.TASK_QUEUE_PREFIX + domain,
    address: config.TEMPORAL_ADDRESS,
    namespace: config.TEMPORAL_NAMESPACE,
    dataConverter: dataConverter(config),
    bundlePath: bundle?.path,
    activities: {
      ...(await activitiesOf(domain, ground, resources)),
      ...(await privacyActivitiesOf(domain, ground, resources)),
    },
    ...(domain === 'verification' ? { cachedWorkflowsMax: CACHED_CASES_MAX } : {}),
    ...(domain === 'auth' ? { workflowTasksMax: AUTH_WORKFLOW_TASKS_MAX } : {}),
    log,
  });
}

async function activitiesOf(domain: Domain, ground: Ground, resources: AsyncDisposableStack): Promise<object> {
  switch (domain) {
    case 'auth':
      return { ...makeAuthActivities(openOtpDelivery(ground)), ...makeTierActivities(makeSetKycTier(ground)) };
    case 'messaging':
      return makeMessagingActivities(await openMessagingUpkeep(ground, resources));
    case 'payments': {
      const { reconcile, close } = openReconcile(ground);
      resources.defer(close);
      careForLedger(ground, reconcile, resources);
      return {
        ...makePaymentActivities({ payments: openPayments(ground) }),
        ...makeReconciliationActivities(reconcile),
      };
    }
    case 'commerce': {
      const { commerce, close } = openCommerce(ground);
      resources.defer(close);
      return makeCommerceActivities(commerce);
    }
    case 'verification':
      return makeVerificationActivities(openVerification(ground));
    case 'notifications':
      return makeNotificationActivities(openNotifications(ground));
    default:
      return unreachable(domain);
  }
}
