import type { NotificationType } from '#shared/contracts/notifications/notification.ts';
import { AppError } from '#shared/errors.ts';
import type { NotificationId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Sql } from '#shared/sql.ts';
import type { Recipient } from '../ports.ts';
import { BUNDLE_MS, EXPIRES_AFTER_MS, isHeard, USUAL_WAYS } from '../rules.ts';
import type { NewRow } from '../store/notifications.ts';
import { type PreferencesRow, preferencesOf } from '../store/preferences.ts';
import { reachOf } from '../store/reach.ts';
import type { Telling } from '../store/told.ts';
import { writeAll, type Writing } from '../write.ts';
import type { CreatePorts, Suppressed } from './create.ts';
import { decide, type Refusal } from './decide.ts';
import type { Wanted } from './wanted.ts';

/** A notification that is to be, unless it was told before. */
export type Plan = { readonly row: NewRow; readonly telling: Telling };

type Choice = {
  readonly wanted: Wanted;
  readonly type: NotificationType;
  readonly recipient: Recipient;
  readonly wishes: PreferencesRow | undefined;
  readonly notBefore: Date | undefined;
  readonly refusal?: Refusal;
};

/** Decides who is told by which ways, and writes what goes to the inbox at once. */
export async function plan(
  ports: CreatePorts,
  home: Sql,
  wanted: readonly Wanted[],
): Promise<{ readonly plans: readonly Plan[]; readonly suppressed: readonly Suppressed[] }> {
  const ids = [...new Set(wanted.map(({ recipientId }) => recipientId))];
  const [recipients, wishesOf, reaches] = await Promise.all([
    ports.recipients.find(ids),
    preferencesOf(home, ids),
    reachOf(home, ids),
  ]);
  const at = ports.clock();
  const suppressed: Suppressed[] = [];
  const choices: Choice[] = [];
  for (const one of wanted) {
    const [recipient, wishes] = [recipients.get(one.recipientId), wishesOf.get(one.recipientId)];
    for (const type of new Set(one.types ?? USUAL_WAYS[one.channel])) {
      // Most people have no e-mail address and many no device: what cannot reach them is no row that fails.
      const isReached = reaches(one.recipientId, type) || (type === 'email' && one.hasOwnAddress === true);
      if (one.isAskedFor === undefined && !isReached) continue;
      const decision = decide({ ...one, type }, recipient, wishes, later(at, one.scheduledAt));
      const choice = { wanted: one, type, recipient: recipient!, wishes, notBefore: undefined };
      if (decision.tell) choices.push({ ...choice, notBefore: decision.notBefore });
      else if (one.isAskedFor && recipient !== undefined) choices.push({ ...choice, refusal: decision.reason });
      if (!decision.tell) suppressed.push({ recipientId: one.recipientId, type, reason: decision.reason });
    }
  }
  const writings = await written(ports, choices);
  const leads = new Set<Wanted>();
  const plans = choices.map((choice) => {
    const isLead = !leads.has(choice.wanted);
    leads.add(choice.wanted);
    return planOf(choice, writings.get(choice), at, isLead);
  });
  return { plans: onePerTelling(plans), suppressed };
}

function later(at: Date, other: Date | undefined): Date {
  return other !== undefined && other > at ? other : at;
}

/**
 * What the inbox shows from now on. While what they tell of cannot be looked up, none is written here: they wait as rows, which
 * are tried each on its own, so that no event holds up those of others.
 */
async function written(ports: CreatePorts, choices: readonly Choice[]): Promise<ReadonlyMap<Choice, Writing>> {
  const now = choices.filter(
    ({ wanted, type, refusal }) => !isHeard(type) && wanted.scheduledAt === undefined && refusal === undefined,
  );
  const drafts = now.map(({ wanted, type, recipient }) => ({
    template: wanted.template,
    type,
    recipient,
    variables: wanted.variables,
  }));
  const writings = await writeAll(ports, drafts).catch((error: unknown) => {
    if (error instanceof AppError && error.retryable && error.code !== 'INTERNAL') return undefined;
    throw error;
  });
  if (writings === undefined) return new Map();
  return new Map(now.map((choice, index) => [choice, writings[index]!]));
}

function planOf(choice: Choice, writing: Writing | undefined, at: Date, isLead: boolean): Plan {
  const { wanted, type, recipient, wishes, notBefore, refusal } = choice;
  const priority = wanted.priority ?? 'medium';
  const isBundled = (wishes?.digest ?? 'bundled') === 'bundled';
  const collapseKey = isBundled && isHeard(type) ? (wanted.collapseKey ?? null) : null;
  const starts = later(wanted.happenedAt ?? at, wanted.scheduledAt);
  const { key, high } = wanted.told ?? { key: wanted.originId, high: 0 };
  const base = {
    id: newId<NotificationId>(recipient.country),
    recipient_id: wanted.recipientId,
    origin_id: wanted.originId,
    type,
    channel: wanted.channel,
    template: wanted.template,
    variables: wanted.variables,
    data: wanted.data,
    priority,
    collapse_key: collapseKey,
    fallback: isLead ? (wanted.fallback ?? []) : [],
    scheduled_at: wanted.scheduledAt ?? null,
    expires_at: wanted.expiresAt ?? (isHeard(type) ? new Date(starts.getTime() + EXPIRES_AFTER_MS[priority]) : null),
    apartMs: BUNDLE_MS,
  };
  return {
    telling: { recipientId: wanted.recipientId, type, key, high },
    row: {
      ...base,
      ...stateOf(refusal ?? writing, {
        waitMs: collapseKey === null ? 0 : (wanted.gatherMs ?? 0),
        notBefore: notBefore ?? wanted.scheduledAt ?? null,
      }),
    },
  };
}

type Wait = Pick<NewRow, 'waitMs' | 'notBefore'>;
type StateOfRow = Pick<NewRow, 'state' | 'reason' | 'template_version' | 'locale' | 'subject' | 'content'> &
  Wait & { readonly variables?: NewRow['variables'] };

const UNWRITTEN = { template_version: null, locale: null, subject: null, content: null };
const NO_WAIT: Wait = { waitMs: null, notBefore: null };

function stateOf(writing: Writing | Refusal | undefined, wait: Wait): StateOfRow {
  if (typeof writing === 'string') return { state: 'failed', reason: writing, ...UNWRITTEN, ...NO_WAIT };
  switch (writing?.kind) {
    case undefined:
      return { state: 'waiting', reason: null, ...UNWRITTEN, ...wait };
    case 'pointless':
      return { state: 'expired', reason: 'not_needed', ...UNWRITTEN, ...NO_WAIT };
    case 'unwritable':
      return { state: 'failed', reason: writing.reason, ...UNWRITTEN, ...NO_WAIT };
    case 'written': {
      const { version, locale, subject, text } = writing.written;
      const { variables } = writing;
      const what = { template_version: version, locale, subject, content: text, variables };
      return { state: 'delivered', reason: null, ...what, ...NO_WAIT };
    }
    default:
      return writing satisfies never;
  }
}

/** Of those that are told under one key the last stands for all: it reaches furthest. */
function onePerTelling(plans: readonly Plan[]): readonly Plan[] {
  const byName = new Map<string, Plan>();
  for (const one of plans) {
    const { recipientId, type, key, high } = one.telling;
    const name = `${recipientId} ${type} ${key}`;
    const other = byName.get(name);
    if (other === undefined || other.telling.high <= high) byName.set(name, one);
  }
  return [...byName.values()];
}
