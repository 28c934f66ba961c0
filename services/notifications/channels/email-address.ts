import type { Caller } from '#shared/caller.ts';
import type { EmailState } from '#shared/contracts/notifications/email.ts';
import { AppError } from '#shared/errors.ts';
import { type AuditEntry, happened, type NewEvent } from '#shared/events/event.ts';
import { EmailChanged, EmailConfirmationAsked, EmailConfirmed } from '#shared/events/notification-channels.ts';
import { type NotificationId, regionOf } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Sql, Tx } from '#shared/sql.ts';
import { DAY, HOUR } from '#shared/time.ts';
import { readConfirmToken } from './confirm-link.ts';
import type { ChannelsPorts } from './ports.ts';
import {
  addressByConfirmId,
  type AddressRow,
  confirmAddress,
  findAddress,
  forgetAddress,
  lockAddress,
  proposeAddress,
} from './store/addresses.ts';
import { keepFormer } from './store/former-addresses.ts';
import { findSuppression } from './store/suppressions.ts';
import { digestible } from './suppress.ts';

/** How long the link in a mail works. */
const LINK_LIFE_MS = DAY;
/** Mails that ask are sent to whoever's address someone types: few to one address, and few from one person. */
const ASKED_BY_PERSON = { bucket: 'notifications.email.person', limit: 5, windowMs: HOUR } as const;
const ASKED_AT_ADDRESS = { bucket: 'notifications.email.address', limit: 3, windowMs: DAY } as const;

type Ports = Pick<
  ChannelsPorts,
  'databases' | 'outbox' | 'keyring' | 'clock' | 'recipients' | 'budgets' | 'budgetFactor' | 'stepUp'
>;

/**
 * Takes over where someone wants to be written to, and has a mail sent there that asks. Until its link was followed mail
 * goes where it went before. The same answer whether or not anyone reads mail there.
 *
 * @throws {AppError} STEP_UP_REQUIRED where another is confirmed already: mail is a way to be told of a theft;
 *   RATE_LIMIT_EXCEEDED when the person, or that address, was asked too often
 */
export function makeSetEmail(ports: Ports) {
  const { databases, outbox, keyring, clock, recipients, budgets, budgetFactor } = ports;
  return async (caller: Caller, address: string, stepUpToken?: string): Promise<EmailState> => {
    const { userId, country } = caller;
    await requireStepUp(ports, caller, stepUpToken);
    const [digest] = keyring.digests('email', digestible(address));
    const spends = [
      { ...ASKED_BY_PERSON, key: userId, limit: ASKED_BY_PERSON.limit * budgetFactor },
      { ...ASKED_AT_ADDRESS, key: digest!.toString('hex'), limit: ASKED_AT_ADDRESS.limit * budgetFactor },
    ];
    const spent = await budgets.spend(spends);
    if (!spent.allowed) throw new AppError('RATE_LIMIT_EXCEEDED', { retryAfterS: spent.retryAfterS });
    const locale = (await recipients.find([userId])).get(userId)?.locale ?? 'en';
    const confirmId = newId<NotificationId>(country);
    const row = await databases.of(country).transaction(async (tx) => {
      const made = await proposeAddress(tx, {
        userId,
        sealed: keyring.seal(userId, address),
        digest: digest!,
        confirmId,
        until: new Date(clock().getTime() + LINK_LIFE_MS),
        locale,
      });
      const asked = happened(EmailConfirmationAsked, confirmId, { confirm_id: confirmId, recipient_id: userId });
      await outbox.append(tx, { events: [asked], audit: [audited('email_proposed', caller)] });
      return made;
    });
    return await stateOf(ports, databases.of(country), row);
  };
}

export function makeGetEmail(ports: Pick<Ports, 'databases' | 'keyring' | 'clock'>) {
  return async ({ userId, country }: Caller): Promise<EmailState> => {
    const database = ports.databases.of(country);
    return await stateOf(ports, database, await findAddress(database, userId));
  };
}

/** @throws {AppError} STEP_UP_REQUIRED where one is confirmed */
export function makeRemoveEmail(ports: Pick<Ports, 'databases' | 'outbox' | 'stepUp'>) {
  const { databases, outbox } = ports;
  return async (caller: Caller, stepUpToken?: string): Promise<void> => {
    await requireStepUp(ports, caller, stepUpToken);
    await databases.of(caller.country).transaction(async (tx) => {
      const before = await lockAddress(tx, caller.userId);
      if (before === undefined) return;
      await forgetAddress(tx, caller.userId);
      const events = await changedFrom(tx, before);
      await outbox.append(tx, { events, audit: [audited('email_removed', caller)] });
    });
  };
}

/**
 * Whose link it is, as long as it works.
 *
 * @throws {AppError} NOT_FOUND for a link that we have not made, that was followed before, or whose time is over
 */
export function makeReadConfirmLink({ databases, keyring, clock }: Pick<Ports, 'databases' | 'keyring' | 'clock'>) {
  return async (token: string): Promise<AddressRow> => {
    const id = readConfirmToken(keyring, token);
    const row = id === undefined ? undefined : await addressByConfirmId(databases.of(regionOf(id)), id);
    if (row === undefined || row.confirm_until! <= clock()) throw new AppError('NOT_FOUND');
    return row;
  };
}

/** Confirms an address by the link that was sent there; once. @throws {AppError} NOT_FOUND as above */
export function makeConfirmEmail({
  databases,
  outbox,
  keyring,
  clock,
}: Pick<Ports, 'databases' | 'outbox' | 'keyring' | 'clock'>) {
  return async (token: string): Promise<AddressRow> => {
    const id = readConfirmToken(keyring, token);
    if (id === undefined) throw new AppError('NOT_FOUND');
    return await databases.of(regionOf(id)).transaction(async (tx) => {
      const found = await addressByConfirmId(tx, id);
      const before = found === undefined ? undefined : await lockAddress(tx, found.user_id);
      const row = await confirmAddress(tx, id, clock());
      if (row === undefined) throw new AppError('NOT_FOUND');
      const { user_id: userId } = row;
      const entry = audited('email_confirmed', { userId, country: regionOf(userId) });
      const confirmed = happened(EmailConfirmed, userId, { recipient_id: userId });
      const isOther = before !== undefined && !sameBytes(before.digest, row.digest);
      const changed = isOther ? await changedFrom(tx, before) : [];
      await outbox.append(tx, { events: [confirmed, ...changed], audit: [entry] });
      return row;
    });
  };
}

/** Whoever has a session may be a thief; where mail goes already, its owner is to prove that it is them. */
async function requireStepUp(
  { databases, stepUp }: Pick<Ports, 'databases' | 'stepUp'>,
  caller: Caller,
  token: string | undefined,
): Promise<void> {
  const row = await findAddress(databases.of(caller.country), caller.userId);
  const isConfirmed = row !== undefined && row.sealed !== null;
  if (isConfirmed && !(await stepUp.verify(token, caller))) throw new AppError('STEP_UP_REQUIRED');
}

/** That mail goes no more to where it went, which is kept for a while so that this is told there too. */
async function changedFrom(tx: Tx, { user_id: userId, sealed }: AddressRow): Promise<NewEvent[]> {
  if (sealed === null) return [];
  const id = newId<NotificationId>(regionOf(userId));
  await keepFormer(tx, id, userId, sealed);
  return [happened(EmailChanged, userId, { change_id: id, recipient_id: userId })];
}

function sameBytes(one: Uint8Array | null, other: Uint8Array | null): boolean {
  return one !== null && other !== null && Buffer.from(one).equals(other);
}

function audited(
  action: string,
  { userId, country }: { userId: Caller['userId']; country: AuditEntry['region'] },
): AuditEntry {
  return { actor: userId, action: `notifications.${action}`, subject: userId, region: country, outcome: 'ok' };
}

/** Whether an address is suppressed is told of one's own alone, which was confirmed, and not of any that one may name. */
async function stateOf(
  { keyring, clock }: Pick<Ports, 'keyring' | 'clock'>,
  database: Sql,
  row: AddressRow | undefined,
): Promise<EmailState> {
  if (row === undefined) return { address: null, confirmed_at: null, is_suppressed: false, pending: null };
  const { user_id: userId, sealed, confirmed_at, pending_sealed: pending, confirm_until: until } = row;
  const address = sealed === null ? null : keyring.open(userId, sealed);
  const digests = address === null ? [] : keyring.digests('email', digestible(address));
  return {
    address,
    confirmed_at: confirmed_at?.toISOString() ?? null,
    is_suppressed: digests.length > 0 && (await findSuppression(database, 'email', digests)) !== undefined,
    pending:
      pending === null || until === null || until <= clock()
        ? null
        : { address: keyring.open(userId, pending), expires_at: until.toISOString() },
  };
}
