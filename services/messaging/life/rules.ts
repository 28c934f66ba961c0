import type { DialogType } from '#shared/contracts/messaging/dialog.ts';
import type { ParticipantRole } from '#shared/contracts/messaging/participant.ts';
import { AppError } from '#shared/errors.ts';

/** People in a group, and readers of a channel with those who post. */
export const MEMBERS_MAX = { direct: 2, group: 1_000, channel: 100_000 } as const satisfies Record<DialogType, number>;

export const PINS_MAX = 5;

/** @throws {AppError} CONFLICT for a direct dialog: it has its two people, and nobody runs it. */
export function refuseDirect(type: DialogType): void {
  if (type === 'direct') throw new AppError('CONFLICT', { message: 'A direct dialog has exactly its two people' });
}

/** @throws {AppError} FORBIDDEN for a plain member */
export function refuseMember(actor: ParticipantRole): void {
  if (actor === 'member') throw new AppError('FORBIDDEN', { message: 'Only admins may do this' });
}

/**
 * The owner may remove anyone, admins anyone but the owner.
 * @throws {AppError} FORBIDDEN
 */
export function judgeRemoval(actor: ParticipantRole, targets: Iterable<ParticipantRole>): void {
  refuseMember(actor);
  for (const target of targets) {
    if (target === 'owner') throw new AppError('FORBIDDEN', { message: 'Nobody removes the owner' });
  }
}

/**
 * Owner and admins make members admins and admins members; only the owner makes an owner, who takes their place. So
 * there always is one owner, and whoever was demoted a moment ago demotes nobody.
 *
 * @throws {AppError} FORBIDDEN, or CONFLICT for an owner who would leave the dialog without one
 */
export function judgeRoleChange(
  actor: ParticipantRole,
  targets: Iterable<ParticipantRole>,
  role: ParticipantRole,
): void {
  refuseMember(actor);
  if (role === 'owner' && actor !== 'owner') throw new AppError('FORBIDDEN', { message: 'Only the owner hands over' });
  if (role === 'owner') return;
  for (const target of targets) {
    if (target !== 'owner') continue;
    if (actor === 'owner') throw new AppError('CONFLICT', { message: 'Make someone else owner first' });
    throw new AppError('FORBIDDEN', { message: 'Nobody demotes the owner' });
  }
}

/** @throws {AppError} CONFLICT when there would be more people than a dialog of its type takes */
export function refuseCrowd(type: DialogType, count: number): void {
  if (count > MEMBERS_MAX[type]) {
    throw new AppError('CONFLICT', { message: `A ${type} has at most ${MEMBERS_MAX[type]} people` });
  }
}
