import { AppError } from '#shared/errors.ts';
import type { UserId } from '#shared/ids.ts';
import type { Databases } from '#shared/sql.ts';
import type { Blocks, People } from './ports.ts';
import { DIALOGS_PER_USER_MAX } from './rules.ts';
import type { Member } from './service.ts';
import { anyoneCrowded } from './store/dialog-life.ts';

type Ports = { readonly databases: Databases; readonly people: People; readonly blocks: Blocks };

/**
 * Whether the caller may be in a dialog with these people, and they in one more.
 *
 * @throws {AppError} NOT_FOUND when one of them has no active account, or has blocked the caller, who is not to learn
 *   which of the two; CONFLICT when one of them is in as many dialogs as one may be. That bound is there to keep costs in
 *   hand: two dialogs at the same moment may pass it by one.
 */
export function makeMayInclude(ports: Ports) {
  return async (caller: Member, others: readonly UserId[]): Promise<void> => {
    await mayMeet(ports, caller, others);
    if (await isCrowded(ports.databases, others)) {
      throw new AppError('CONFLICT', { message: 'Someone named is in too many dialogs' });
    }
  };
}

/**
 * Whether the caller may open or join a dialog with these people.
 * @throws {AppError} as {@link makeMayInclude} does, CONFLICT when it is the caller who is in too many dialogs.
 */
export function makeMayOpen(ports: Ports) {
  return async (caller: Member, others: readonly UserId[]): Promise<void> => {
    await mayMeet(ports, caller, others);
    if (await isCrowded(ports.databases, [caller.userId])) {
      throw new AppError('CONFLICT', { message: 'You are in too many dialogs' });
    }
  };
}

/** The refusal that a question ends with, to be told later; undefined when it ends well. */
export async function refusalBy(question: Promise<void>): Promise<AppError | undefined> {
  try {
    await question;
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

async function mayMeet({ people, blocks }: Ports, { userId }: Member, others: readonly UserId[]): Promise<void> {
  if (others.length === 0) return;
  const [found, blockers] = await Promise.all([people.find(others), blocks.blockersOf(userId, others)]);
  const active = new Set(found.filter((person) => person.status === 'active').map((person) => person.id));
  for (const id of blockers) active.delete(id);
  if (!others.every((id) => active.has(id))) throw new AppError('NOT_FOUND', { message: 'There is no such user' });
}

async function isCrowded(databases: Databases, userIds: readonly UserId[]): Promise<boolean> {
  const found = await Promise.all(
    databases.all.map((database) => anyoneCrowded(database, userIds, DIALOGS_PER_USER_MAX)),
  );
  return found.some(Boolean);
}
