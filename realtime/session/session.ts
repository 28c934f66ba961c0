import type { Caller } from '#shared/caller.ts';
import type { DialogRemoved, WireDialog } from '#shared/contracts/messaging/dialog.ts';
import { AppError } from '#shared/errors.ts';
import type { DialogId, UserId } from '#shared/ids.ts';
import type { Log } from '#shared/log.ts';
import { type Ack, socketError } from '#shared/sockets/ack.ts';
import { dialogRoom, presenceRoom, userRoom } from '#shared/sockets/rooms.ts';
import type { ServerEvent } from '#shared/sockets/server-events.ts';
import { MINUTE } from '#shared/time.ts';
import type { EventHandler } from '../events/handler.ts';
import type { NodeSocket } from '../ports.ts';
import { Budget, type Rate } from './budget.ts';
import { coalesceWrites } from './coalesce-writes.ts';
import { closeSocket, type EndReason } from './close-socket.ts';
import type { BudgetName } from './rates.ts';

/** What the sessions of a node share, so that one costs little memory. */
export type SessionContext = {
  readonly handlers: ReadonlyMap<string, EventHandler>;
  readonly rates: Readonly<Record<BudgetName, Rate>>;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly log: Log;
  /** Told of each event that was answered; `event` is one of the contract's or `unknown`. */
  readonly answered: (event: string, outcome: string, elapsedMs: number) => void;
  readonly ended: (reason: EndReason) => void;
};

/** Events of one socket under way at once; a client that waits for its acknowledgements never gets near. */
const IN_FLIGHT_MAX = 64;
/** People whom one socket watches; beyond it those are let go who were named first. */
const WATCHING_MAX = 500;
const NOBODY: ReadonlySet<UserId> = new Set();
/** Refusals for going over budget in one minute; after these the socket is cut. */
const REFUSALS_PER_MINUTE_MAX = 100;

type Acknowledge = ((answer: Ack<unknown>) => void) | undefined;

/**
 * One socket's actor: who it is, what it may still spend, and the rooms it is in.
 *
 * It is **opening** while its rooms are joined; what happens to its user meanwhile waits in `#early`. It is **live**
 * from its connection on: each event draws on a budget, is parsed, worked on and acknowledged, at most 64 at a time and
 * in no promised order. It is **ended** once, by the client or by us; events under way still finish, unheard.
 * Nothing here outlives the socket: all that matters is in the store, and the next socket reads it by `sync`.
 */
export class Session {
  readonly caller: Caller;
  readonly #socket: NodeSocket;
  readonly #context: SessionContext;
  #state: 'opening' | 'live' | 'ended' = 'opening';
  /** Dialogs that began while opening, to be told once live. */
  readonly #early: WireDialog[] = [];
  /** What notices said since each reading of the user's dialogs began. Empty unless one is under way. */
  readonly #moved: Map<DialogId, 'in' | 'out'>[] = [];
  /** Each made when first drawn on. */
  readonly #budgets: Partial<Record<BudgetName, Budget>> = {};
  #inFlight = 0;
  /** Called when nothing is in flight any more; set while draining. */
  #onIdle: (() => void) | undefined;
  /** Refusals for budget since `#refusingSinceMs`, which is at most a minute ago when they count. */
  #refusals = 0;
  #refusingSinceMs = 0;
  /** Whose presence it watches, oldest first. Most sockets watch nobody. */
  #watching: Set<UserId> | undefined;
  #typingIn: DialogId | undefined;
  #typingSinceMs = 0;

  constructor(socket: NodeSocket, caller: Caller, context: SessionContext) {
    this.#socket = socket;
    this.caller = caller;
    this.#context = context;
  }

  get ended(): boolean {
    return this.#state === 'ended';
  }

  /** Bytes that wait for this client to read them: all of them are with its connection, see {@link coalesceWrites}. */
  get unreadBytes(): number {
    return this.#socket.conn.request.socket.writableLength;
  }

  joinOwnRoom(): void {
    void this.#socket.join(userRoom(this.caller.userId));
  }

  /**
   * Is in the rooms of the dialogs that are read, and in no others. What notices say of them while they are being read
   * is newer than the reading, and has the last word.
   */
  async settleInto(read: () => Promise<readonly DialogId[]>): Promise<void> {
    const moved = new Map<DialogId, 'in' | 'out'>();
    this.#moved.push(moved);
    try {
      this.#settle(await read(), moved);
    } finally {
      this.#moved.splice(this.#moved.indexOf(moved), 1);
    }
  }

  #settle(dialogIds: readonly DialogId[], moved: ReadonlyMap<DialogId, 'in' | 'out'>): void {
    const inside = new Set(dialogIds);
    for (const [id, where] of moved) {
      if (where === 'in') inside.add(id);
      else inside.delete(id);
    }
    const wanted = new Set([...inside].map(dialogRoom));
    for (const room of this.#socket.rooms)
      if (room.startsWith('d:') && !wanted.has(room)) void this.#socket.leave(room);
    void this.#socket.join([...wanted]);
  }

  get watching(): ReadonlySet<UserId> {
    return this.#watching ?? NOBODY;
  }

  /** From now on it hears when these people come and go; of more than 500 the first ones are let go. */
  watch(userIds: readonly UserId[]): void {
    if (userIds.length === 0 || this.#state === 'ended') return;
    this.#watching ??= new Set();
    for (const userId of userIds) {
      this.#watching.delete(userId);
      this.#watching.add(userId);
    }
    void this.#socket.join(userIds.map(presenceRoom));
    for (const userId of this.#watching) {
      if (this.#watching.size <= WATCHING_MAX) return;
      this.#forget(userId);
    }
  }

  /** It may not watch these people any more: to it they are offline. */
  unwatch(userIds: readonly UserId[]): void {
    for (const userId of userIds) {
      this.#forget(userId);
      this.#socket.emit('presence', { user_id: userId, status: 'offline' });
    }
  }

  /** The user is now in this dialog. */
  enter(dialog: WireDialog): void {
    if (this.#state === 'ended') return;
    for (const moved of this.#moved) moved.set(dialog.id, 'in');
    void this.#socket.join(dialogRoom(dialog.id));
    if (this.#state === 'live') this.#socket.emit('dialog:new', dialog);
    else this.#early.push(dialog);
  }

  /** The user is no longer in this dialog: nothing of it is heard any more. */
  exit(dialog: DialogRemoved): void {
    if (this.#state === 'ended') return;
    for (const moved of this.#moved) moved.set(dialog.id, 'out');
    void this.#socket.leave(dialogRoom(dialog.id));
    if (this.#state === 'live') this.#socket.emit('dialog:removed', dialog);
    const early = this.#early.findIndex(({ id }) => id === dialog.id);
    if (early >= 0) this.#early.splice(early, 1);
  }

  /** The dialog is no more; sessions that are not in it are not told. */
  exitIfIn(dialog: DialogRemoved): void {
    if (this.#moved.length > 0 || this.#socket.rooms.has(dialogRoom(dialog.id))) this.exit(dialog);
  }

  /** The socket is connected: from now on its events are taken. */
  begin(): void {
    this.#state = 'live';
    coalesceWrites(this.#socket);
    for (const dialog of this.#early.splice(0)) this.#socket.emit('dialog:new', dialog);
    this.#socket.onAny((...packet: unknown[]) => this.receive(packet));
  }

  /** Takes one event: its name, its payload, and perhaps an acknowledgement. Never throws, whatever is in there. */
  receive(packet: readonly unknown[]): void {
    const last = packet.at(-1);
    const acknowledge = typeof last === 'function' ? (last as Acknowledge) : undefined;
    const payloads = packet.length - (acknowledge === undefined ? 1 : 2);
    const handler = typeof packet[0] === 'string' ? this.#context.handlers.get(packet[0]) : undefined;
    const now = this.#context.now();
    const waitMs = this.#budget(handler?.budget ?? 'typed').take(now);
    if (waitMs > 0) return this.#refuseOverBudget(acknowledge, handler?.event ?? 'unknown', waitMs, now);
    if (handler === undefined) return this.#refuse(acknowledge, 'unknown', unknownEvent);
    if (payloads !== 1) return this.#refuse(acknowledge, handler.event, onePayload);
    if (this.#inFlight >= IN_FLIGHT_MAX) return this.#refuse(acknowledge, handler.event, tooManyAtOnce);
    this.#inFlight += 1;
    handler.handle(this, packet[1]).then(
      (data) => this.#answer(acknowledge, handler.event, { data }, 'ok', now),
      (error: unknown) => this.#answerFailure(acknowledge, handler.event, error, now),
    );
  }

  /** To the others in a dialog, the user's own other devices included. */
  tellOthers(dialogId: DialogId, typing: ServerEvent<'typing'>): void {
    this.#socket.volatile.to(dialogRoom(dialogId)).emit('typing', typing);
  }

  /** False when this is the dialog whose typing was announced less than `afterMs` ago. */
  mayRepeatTyping(dialogId: DialogId, now: number, afterMs: number): boolean {
    if (this.#typingIn === dialogId && now - this.#typingSinceMs < afterMs) return false;
    this.#typingIn = dialogId;
    this.#typingSinceMs = now;
    return true;
  }

  forgetTyping(): void {
    this.#typingIn = undefined;
  }

  /** The client has gone. */
  left(): void {
    this.#state = 'ended';
  }

  /** Ends the socket for a reason of ours; once ended it stays so. */
  end(reason: EndReason): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#context.ended(reason);
    closeSocket(this.#socket, reason);
  }

  /** Resolves when every event that was taken has been answered. */
  idle(): Promise<void> {
    if (this.#inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onIdle = resolve;
    });
  }

  #forget(userId: UserId): void {
    this.#watching?.delete(userId);
    void this.#socket.leave(presenceRoom(userId));
  }

  #budget(name: BudgetName): Budget {
    return (this.#budgets[name] ??= new Budget(this.#context.rates[name]));
  }

  #refuseOverBudget(acknowledge: Acknowledge, event: string, waitMs: number, now: number): void {
    const error = { ...socketError(new AppError('RATE_LIMIT_EXCEEDED')), retry_after_ms: waitMs };
    acknowledge?.({ error });
    this.#context.answered(event, error.code, 0);
    if (now - this.#refusingSinceMs >= MINUTE) {
      this.#refusingSinceMs = now;
      this.#refusals = 0;
    }
    this.#refusals += 1;
    if (this.#refusals >= REFUSALS_PER_MINUTE_MAX) this.end('abusive');
  }

  #refuse(acknowledge: Acknowledge, event: string, error: AppError): void {
    acknowledge?.({ error: socketError(error) });
    this.#context.answered(event, error.code, 0);
  }

  #answerFailure(acknowledge: Acknowledge, event: string, error: unknown, since: number): void {
    if (!(error instanceof AppError)) {
      this.#context.log.error({ err: error, event, userId: this.caller.userId }, 'an event failed unexpectedly');
    }
    const known = error instanceof AppError ? error : new AppError('INTERNAL');
    this.#answer(acknowledge, event, { error: socketError(known) }, known.code, since);
  }

  #answer(acknowledge: Acknowledge, event: string, answer: Ack<unknown>, outcome: string, since: number): void {
    this.#inFlight -= 1;
    acknowledge?.(answer);
    this.#context.answered(event, outcome, this.#context.now() - since);
    if (this.#inFlight === 0) this.#onIdle?.();
  }
}

const unknownEvent = new AppError('VALIDATION_ERROR', { details: 'there is no such event' });
const onePayload = new AppError('VALIDATION_ERROR', { details: 'an event carries one payload' });
const tooManyAtOnce = new AppError('RETRY_LATER', { details: 'wait for acknowledgements before sending more' });
