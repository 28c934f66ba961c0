import {
  addParticipants,
  changeRoles,
  deleteDialog,
  editDialog,
  joinDialog,
  leaveDialog,
  muteDialog,
  pinMessage,
  removeParticipants,
  unpinMessage,
} from '#shared/contracts/messaging/dialog-life.ts';
import { type Route, handle } from '#shared/http/call.ts';
import type { DialogLife } from './dialog-life.ts';

/** The HTTP calls by which groups and channels live. */
export function dialogLifeRoutes(life: DialogLife): Route[] {
  return [
    handle(editDialog, async ({ caller, params, body }) => ({
      status: 200,
      body: await life.editDialog(caller, params.id, body),
    })),
    handle(deleteDialog, async ({ caller, params }) => {
      await life.deleteDialog(caller, params.id);
      return { status: 204, body: undefined };
    }),
    handle(addParticipants, async ({ caller, params, body }) => ({
      status: 200,
      body: await life.addParticipants(caller, params.id, body),
    })),
    handle(removeParticipants, async ({ caller, params, body }) => ({
      status: 200,
      body: await life.removeParticipants(caller, params.id, body.user_ids),
    })),
    handle(changeRoles, async ({ caller, params, body }) => ({
      status: 200,
      body: await life.changeRoles(caller, params.id, body),
    })),
    handle(joinDialog, async ({ caller, params }) => ({
      status: 200,
      body: await life.joinDialog(caller, params.id),
    })),
    handle(leaveDialog, async ({ caller, params }) => ({
      status: 200,
      body: await life.leaveDialog(caller, params.id),
    })),
    handle(muteDialog, async ({ caller, params, body: { muted_until: until } }) => ({
      status: 200,
      body: await life.muteDialog(caller, params.id, until === null ? null : new Date(until)),
    })),
    handle(pinMessage, async ({ caller, params, body }) => ({
      status: 200,
      body: await life.pinMessage(caller, params.id, body.message_id),
    })),
    handle(unpinMessage, async ({ caller, params, body }) => ({
      status: 200,
      body: await life.unpinMessage(caller, params.id, body.message_id),
    })),
  ];
}
