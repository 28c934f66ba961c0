import type { WireMessage } from '#shared/contracts/messaging/message.ts';
import { REACTIONS_PER_MESSAGE_MAX } from '#shared/contracts/messaging/reaction.ts';
import { AppError, unreachable } from '#shared/errors.ts';
import type { Outbox } from '#shared/events/event.ts';
import { type MessageId, type UserId, regionOf } from '#shared/ids.ts';
import type { Databases } from '#shared/sql.ts';
import { type Changed, changeBatch } from './append/change-batch.ts';
import { Lanes } from './append/lanes.ts';
import { updateOf } from './life/update.ts';
import type { Announcer } from './ports.ts';
import type { Reading } from './reading.ts';
import { EDITS_PER_MESSAGE_MAX } from './rules.ts';
import { type Change, type MessageForMember, type Verdict } from './store/changes.ts';

/** A change takes about as long as an append; what is said there of waiting holds here. */
const WAITING_MAX = 4_096;
/** A change touches several rows, one item after the other: 64 are some 10 ms of the database's time. */
const BATCH_MAX = 64;

type Ports = {
  readonly databases: Databases;
  readonly reading: Reading;
  readonly outbox: Outbox;
  readonly announcer: Announcer;
};

/**
 * How the use cases change messages: gathered into one commit with what else arrives meanwhile, each change with its own
 * outcome, and announced once it is committed. Two changes of one message never share a commit, so that each is
 * announced in the state that it led to.
 */
export class Changing {
  readonly #ports: Ports;
  readonly #lanes: Lanes<Change, Changed>;

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#lanes = new Lanes<Change, Changed>(ports.databases, {
      capacity: WAITING_MAX,
      batchMax: BATCH_MAX,
      keyOf: (change) => change.messageId,
      run: (database, batch) => changeBatch(ports.reading.store, database, ports.outbox, batch),
    });
  }

  /** @throws {AppError} NOT_FOUND when the user is not in the message's dialog, or there is no such message. */
  async find(messageId: MessageId, userId: UserId): Promise<MessageForMember> {
    const found = await this.#ports.reading.store.findForMember(
      this.#ports.databases.of(regionOf(messageId)),
      messageId,
      userId,
    );
    if (found === undefined) throw new AppError('NOT_FOUND');
    return found;
  }

  /**
   * The same, for what the other members are to see: whoever is blocked by the other side of a direct dialog is told that
   * there is nothing, as when they write.
   */
  async findToShow(messageId: MessageId, userId: UserId): Promise<MessageForMember> {
    const found = await this.find(messageId, userId);
    if (found.blocked) throw new AppError('NOT_FOUND');
    return found;
  }

  /** A message that stays as it is, as its members see it. */
  async asItIs(found: MessageForMember, userId: UserId): Promise<WireMessage> {
    const { reading } = this.#ports;
    const database = reading.home(found.dialog_id);
    const cursors = await reading.cursors(database, userId, [found.dialog_id]);
    const [message] = await reading.messages(database, [found], cursors);
    return message!;
  }

  /**
   * @returns the message in its new state, or as it is when there was nothing to do
   * @throws {AppError} NOT_FOUND, FORBIDDEN for what the user may not do to this message, CONFLICT for what its state
   *   forbids, RETRY_LATER when too many wait, UPSTREAM_UNAVAILABLE when the store is away (it may be done: repeat it)
   */
  async make(change: Change): Promise<WireMessage> {
    const { reading, announcer } = this.#ports;
    const { verdict, row, reactions, cursors, unpinned } = await this.#lanes.post(change);
    if (row === undefined) throw refusal(verdict, change.kind);
    const [message] = await reading.messages(reading.home(row.dialog_id), [row], cursors, reactions);
    if (verdict === 'changed') {
      announcer.messageChanged(row.dialog_id, {
        dialog_id: row.dialog_id,
        version: message!.version,
        message: message!,
      });
    }
    if (unpinned === true) {
      const dialog = await reading.find(change.judgedAs ?? change.actorId, row.dialog_id);
      if (dialog !== undefined) announcer.dialogUpdated(row.dialog_id, updateOf(dialog));
    }
    return message!;
  }
}

function refusal(verdict: Verdict, kind: Change['kind']): AppError {
  switch (verdict) {
    case 'absent':
      return new AppError('NOT_FOUND');
    case 'system':
      return new AppError('FORBIDDEN', { message: 'System messages stay as they are' });
    case 'forbidden':
      return new AppError('FORBIDDEN', { message: "This is someone else's message" });
    case 'deleted':
      return new AppError('CONFLICT', { message: 'The message was deleted' });
    case 'late':
      return new AppError('CONFLICT', { message: 'The time to edit this message is over' });
    case 'full':
      return new AppError('CONFLICT', {
        message:
          kind === 'edit'
            ? `A message is edited ${EDITS_PER_MESSAGE_MAX} times at most`
            : `A message bears ${REACTIONS_PER_MESSAGE_MAX} different reactions at most`,
      });
    case 'changed':
    case 'unchanged':
      throw new Error(`a message that was ${verdict} has no row`);
    default:
      return unreachable(verdict);
  }
}
