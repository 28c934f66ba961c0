import { verifyOtp } from '#shared/contracts/auth/otp.ts';
import type { DialogUpdate, WireDialog } from '#shared/contracts/messaging/dialog.ts';
import type { SyncedDialog } from '#shared/contracts/messaging/sync.ts';
import { AppError, type ErrorCode } from '#shared/errors.ts';
import type { Call } from '#shared/http/call.ts';
import type { DialogId, UserId } from '#shared/ids.ts';
import type { Answer, ClientEventName, Payload, Sent } from '#shared/sockets/client-events.ts';
import { type ServerEvent, USER_EVENTS, type UserEventName } from '#shared/sockets/server-events.ts';
import { type ClientSocket, Connection } from './connection.ts';
import type { Change } from './dialog-log.ts';
import { type Answered, HttpCalls, type Parts } from './http-calls.ts';
import { Listeners } from './listeners.ts';
import { PresenceWatch } from './presence-watch.ts';
import { SendQueue } from './send-queue.ts';
import { SyncLoop } from './sync-loop.ts';
import { type TokenPair, Tokens } from './tokens.ts';

export type ClientOptions = {
  /** Gateways, `http://127.0.0.1:4000`; the first that answers is used. */
  readonly baseUrls: readonly string[];
  /** Socket.IO nodes, or whatever passes sockets on to them. The gateways where absent. */
  readonly socketUrls?: readonly string[];
  /** A login from an earlier run. */
  readonly tokens?: TokenPair;
  /**
   * What the account knows this device by: a random id that is kept for as long as the app is installed. Without one every
   * login but the first is that of a new device, and pays under lowered limits.
   */
  readonly deviceId?: string;
  /** How far the dialogs were complete in an earlier run: {@link TchatClient.versions}. */
  readonly known?: ReadonlyMap<DialogId, number>;
  /** Messages of one dialog on their way at once: 1 keeps their order under every failure, more is faster. */
  readonly outstandingPerDialog?: number;
};

/** What a client tells. Changes of one dialog come in the order of their versions, each once, without gaps. */
export type ClientEvents = {
  connected: undefined;
  disconnected: undefined;
  /** Everything missed has been delivered, and what comes now is live. */
  'caught-up': undefined;
  message: Change & { readonly dialog_id: DialogId };
  receipt: ServerEvent<'receipt'>;
  receipts: { readonly dialog_id: DialogId; readonly receipts: SyncedDialog['receipts'] };
  typing: ServerEvent<'typing'>;
  /** Someone who is watched came or went, or was met for the first time; the same may be told twice. */
  presence: ServerEvent<'presence'>;
  /** The user is in a dialog that this client did not know. */
  dialog: WireDialog;
  /** Its name, settings, members or pins have changed. */
  'dialog-updated': DialogUpdate;
  'dialog-left': { readonly dialog_id: DialogId };
  /** What is kept of this dialog is to be fetched afresh: it is too old to be continued. */
  reset: { readonly dialog_id: DialogId };
  /** To be kept where the platform keeps secrets; undefined when the login has ended. */
  tokens: TokenPair | undefined;
  'logged-out': { readonly code: ErrorCode };
} & { [Name in UserEventName]: ServerEvent<Name> };

type Without<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;

/** What a message of one's own needs, by its type; the client_id is made when there is none. */
export type Outgoing = Without<Payload<'message:send'>, 'client_id' | 'dialog_id'> & { readonly client_id?: string };

/**
 * Tchat for programs: HTTP calls of the contract, a socket that is kept open across nodes, messages that are sent until
 * they are stored, and dialogs that are heard without gaps. Runs in browsers and in Node.
 */
export class TchatClient {
  readonly #events = new Listeners<ClientEvents>();
  readonly #deviceId: string | undefined;
  readonly #http: HttpCalls;
  readonly #tokens: Tokens;
  readonly #connection: Connection;
  readonly #sync: SyncLoop;
  readonly #queue: SendQueue;
  readonly #watching: PresenceWatch;

  constructor({ baseUrls, socketUrls = baseUrls, tokens, deviceId, known, outstandingPerDialog = 1 }: ClientOptions) {
    this.#deviceId = deviceId;
    this.#http = new HttpCalls(baseUrls);
    this.#tokens = new Tokens(this.#http, (pair) => this.#events.emit('tokens', pair), deviceId);
    const isOn = (): boolean => this.#connection.isOn;
    this.#connection = new Connection({
      urls: socketUrls,
      tokens: this.#tokens,
      listen: (socket) => this.#listen(socket),
      connected: () => {
        this.#events.emit('connected', undefined);
        this.#sync.connected();
        this.#queue.moveAll();
        this.#watching.renew();
      },
      disconnected: () => this.#events.emit('disconnected', undefined),
      loggedOut: (code) => this.#events.emit('logged-out', { code }),
    });
    this.#sync = new SyncLoop(
      {
        sync: (request) => this.#connection.request('sync', request),
        isOn,
        deliver: (dialogId, changes) => {
          for (const change of changes) this.#events.emit('message', { ...change, dialog_id: dialogId });
        },
        receipts: (dialogId, receipts) => this.#events.emit('receipts', { dialog_id: dialogId, receipts }),
        joined: (dialog) => this.#events.emit('dialog', dialog),
        left: (dialogId) => this.#events.emit('dialog-left', { dialog_id: dialogId }),
        reset: (dialogId) => this.#events.emit('reset', { dialog_id: dialogId }),
        caughtUp: () => this.#events.emit('caught-up', undefined),
      },
      known,
    );
    this.#queue = new SendQueue({
      send: (command) => this.#connection.request('message:send', command),
      isOn,
      outstandingPerDialog,
    });
    this.#watching = new PresenceWatch({
      subscribe: (userIds) => this.#connection.request('presence:subscribe', { user_ids: userIds }),
      isOn,
      tell: (presence) => this.#events.emit('presence', presence),
    });
    if (tokens !== undefined) this.#tokens.set(tokens);
  }

  /** Listens to what happens. Returns what ends the listening. */
  on<Name extends keyof ClientEvents>(name: Name, listener: (event: ClientEvents[Name]) => void): () => void {
    return this.#events.on(name, listener);
  }

  /** Logs in with the code that `sendOtp` has sent. */
  async logIn(body: Parts<typeof verifyOtp>['body']): Promise<Answered<typeof verifyOtp>['body']> {
    const device =
      this.#deviceId === undefined ? {} : { device_info: { device_id: this.#deviceId, ...body.device_info } };
    const answer = await this.#http.make(verifyOtp, { body: { ...body, ...device } });
    this.#tokens.set(answer.body);
    return answer.body;
  }

  /**
   * Makes a call of the contract as whoever is logged in: `call(openDialog, { body: { … } })`. A token that has ended
   * is renewed and the call made again, once.
   *
   * @throws {AppError} what the server answered, or UPSTREAM_UNAVAILABLE or TIMEOUT when it did not
   */
  async call<C extends Call>(call: C, parts: Parts<C>): Promise<Answered<C>> {
    if (call.access === 'public') return await this.#http.make(call, parts);
    const token = await this.#tokens.access();
    try {
      return await this.#http.make(call, parts, token);
    } catch (error) {
      const isSpent = error instanceof AppError && ['TOKEN_EXPIRED', 'UNAUTHORIZED'].includes(error.code);
      if (!isSpent) throw error;
      return await this.#http.make(call, parts, await this.#tokens.renew(token));
    }
  }

  /** Opens the socket and keeps it open until {@link close} or the end of the login. */
  connect(): void {
    this.#connection.start();
  }

  get isConnected(): boolean {
    return this.#connection.isOn;
  }

  /**
   * Sends a message, now or when there is a connection, and resolves when it is durably stored.
   *
   * @throws {AppError} the server's final refusal
   */
  send(dialogId: DialogId, message: Outgoing): Promise<Sent> {
    return this.#queue.add({ client_id: crypto.randomUUID(), ...message, dialog_id: dialogId });
  }

  /**
   * Emits another event of the contract, once: receipts and typing, which are worth no retry, and edits, deletions and
   * reactions, which may be repeated until they are answered.
   */
  request<Name extends Exclude<ClientEventName, 'message:send' | 'sync'>>(
    event: Name,
    payload: Payload<Name>,
  ): Promise<Answer<Name>> {
    return this.#connection.request(event, payload);
  }

  /**
   * Watches whether these people are online, from now on and on every later connection; `presence` tells how they are.
   * At most 500 are watched: beyond it those are let go who were named first.
   */
  watchPresence(userIds: readonly UserId[]): void {
    this.#watching.add(userIds);
  }

  /** How far each dialog is complete, to go on from in another run. */
  get versions(): Map<DialogId, number> {
    return this.#sync.versions;
  }

  /** Messages that are not acknowledged yet. */
  get unsent(): number {
    return this.#queue.size;
  }

  close(): void {
    this.#sync.close();
    this.#queue.close();
    this.#connection.stop();
  }

  #listen(socket: ClientSocket): void {
    for (const type of ['message:new', 'message:updated', 'message:deleted'] as const) {
      socket.on(type, (change: ServerEvent<typeof type>) => this.#sync.live(change, type));
    }
    socket.on('beacon', (beacon) => this.#sync.beacon(beacon));
    socket.on('dialog:new', (dialog) => this.#sync.joined(dialog));
    socket.on('dialog:updated', (update) => this.#events.emit('dialog-updated', update));
    socket.on('dialog:removed', ({ dialog_id: dialogId }) => this.#sync.left(dialogId));
    socket.on('receipt', (receipt) => this.#events.emit('receipt', receipt));
    socket.on('typing', (typing) => this.#events.emit('typing', typing));
    socket.on('presence', (presence) => this.#events.emit('presence', presence));
    for (const name of USER_EVENTS) {
      socket.on(name, (update: ServerEvent<typeof name>) => this.#events.emit(name, update));
    }
  }
}
