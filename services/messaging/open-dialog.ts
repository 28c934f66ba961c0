import type { OpenDialog, WireDialog } from '#shared/contracts/messaging/dialog.ts';
import { AppError, invalid } from '#shared/errors.ts';
import { type Outbox, happened } from '#shared/events/event.ts';
import { DialogOpened } from '#shared/events/messaging.ts';
import type { IdempotencyKey } from '#shared/http/call.ts';
import type { Idempotency } from '#shared/http/idempotency.ts';
import type { DialogId } from '#shared/ids.ts';
import type { WrappedKey } from '#shared/key-management.ts';
import { newId } from '#shared/new-id.ts';
import type { Databases, Tx } from '#shared/sql.ts';
import { type DialogKeys, FIRST_KEY_VERSION } from './encryption/dialog-keys.ts';
import { makeFindPair } from './find-pair.ts';
import { makeMayOpen } from './may-open.ts';
import { makeCopyBlock } from './copy-block.ts';
import type { Announcer, Blocks, People } from './ports.ts';
import { type Reading, freshDialog } from './reading.ts';
import type { Member, OpenedDialog } from './service.ts';
import { type NewDialog, addDialog } from './store/dialogs.ts';
import { addKey } from './store/keys.ts';
import { addParticipants } from './store/participants.ts';

type Ports = {
  readonly databases: Databases;
  readonly keys: DialogKeys;
  readonly reading: Reading;
  readonly outbox: Outbox;
  readonly idempotency: Idempotency;
  readonly people: People;
  readonly blocks: Blocks;
  readonly announcer: Announcer;
};

/** The call under which Idempotency-Keys are kept. */
const CALL = 'openDialog';
/** Two sides that open their dialog at once: the one that comes second finds it at its second try. */
const TRIES_MAX = 3;

/** Someone else has just added the same dialog. */
class LostRace extends Error {}

/**
 * Opens a dialog in the caller's region, with its key. A pair has one direct dialog: a second opening, from either
 * side, answers with the first one's.
 * @throws {AppError} NOT_FOUND when someone named is not there, CONFLICT when the caller is in too many dialogs.
 */
export function makeOpenDialog(ports: Ports) {
  const { databases, keys, reading, idempotency, announcer } = ports;
  const findPair = makeFindPair(ports);
  const mayOpen = makeMayOpen(ports);
  const copyBlock = makeCopyBlock(ports);

  async function attempt(caller: Member, command: OpenDialog, dialog: NewDialog, key: IdempotencyKey | undefined) {
    const existing = command.type === 'direct' ? await reading.find(caller.userId, dialog.id) : undefined;
    const wrapped = existing === undefined ? await keys.make(dialog.id) : undefined;
    const home = databases.of(caller.country);
    // The dialog's place is the caller's home unless the other side, at home elsewhere, was the first to claim the pair.
    const place = reading.home(dialog.id);
    const open = async (tx: Tx): Promise<{ status: number; body: WireDialog }> => {
      if (existing !== undefined || wrapped === undefined) return { status: 200, body: existing! };
      await add(tx, ports.outbox, dialog, wrapped);
      return { status: 201, body: await freshDialog(tx, caller.userId, dialog.id) };
    };
    let fresh = false;
    const reply = await home.transaction((tx) =>
      idempotency.run(tx, { userId: caller.userId, call: CALL, key }, async () => {
        fresh = true;
        return await (place === home ? open(tx) : place.transaction(open));
      }),
    );
    const opened = { dialog: reply.body, created: reply.status === 201 };
    if (fresh && opened.created && command.type === 'direct') {
      const other = command.participant_ids[0]!;
      await Promise.all([copyBlock(caller.userId, other), copyBlock(other, caller.userId)]);
    }
    if (fresh && opened.created) announcer.dialogNew(membersOf(dialog), opened.dialog);
    return opened;
  }

  return async (caller: Member, command: OpenDialog, key?: IdempotencyKey): Promise<OpenedDialog> => {
    if (command.participant_ids.includes(caller.userId)) throw invalid('participant_ids', 'must not name yourself');
    const dialog = await propose(caller, command);
    for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
      try {
        return await attempt(caller, command, dialog, key);
      } catch (error) {
        if (!(error instanceof LostRace)) throw error;
      }
    }
    throw new AppError('RETRY_LATER', { retryAfterS: 1 });
  };

  /** The dialog as it will be if it does not exist yet. */
  async function propose(caller: Member, command: OpenDialog): Promise<NewDialog> {
    const id = newId<DialogId>(caller.country);
    const others = command.participant_ids;
    if (command.type !== 'direct') {
      await mayOpen(caller, others);
      const { type, name, description, avatar_url: avatarUrl } = command;
      const named = { type, name, description: description ?? null, avatarUrl: avatarUrl ?? null };
      return { id, ...named, creatorId: caller.userId, participants: [caller.userId, ...others].map(roleBy(caller)) };
    }
    const pair = await findPair(caller, others[0]!, id);
    const creator = { userId: pair.creator_id };
    return {
      id: pair.dialog_id,
      type: 'direct',
      name: null,
      description: null,
      avatarUrl: null,
      creatorId: pair.creator_id,
      participants: [caller.userId, ...others].map(roleBy(creator)),
    };
  }
}

function roleBy(creator: Pick<Member, 'userId'>) {
  return (userId: Member['userId']) => ({ userId, role: userId === creator.userId ? 'owner' : 'member' }) as const;
}

function membersOf(dialog: NewDialog) {
  return dialog.participants.map((member) => member.userId);
}

/** @throws {LostRace} when the dialog is there already. */
async function add(tx: Tx, outbox: Outbox, dialog: NewDialog, wrapped: WrappedKey): Promise<void> {
  if (!(await addDialog(tx, dialog))) throw new LostRace();
  await addParticipants(tx, dialog);
  await addKey(tx, dialog.id, FIRST_KEY_VERSION, wrapped);
  const facts = { dialog_id: dialog.id, type: dialog.type, creator_id: dialog.creatorId };
  await outbox.append(tx, {
    events: [happened(DialogOpened, dialog.id, { ...facts, participant_count: dialog.participants.length })],
  });
}
