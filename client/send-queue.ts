import { AppError } from '#shared/errors.ts';
import type { Payload, Sent } from '#shared/sockets/client-events.ts';
import { SECOND } from '#shared/time.ts';
import { type Backoff, backoffMs } from './backoff.ts';

type Command = Payload<'message:send'>;

export type SendQueuePorts = {
  /** Sends once. @throws {AppError} as the connection does */
  readonly send: (command: Command) => Promise<Sent>;
  readonly isOn: () => boolean;
  /** Messages of one dialog on their way at once. With more than 1, a retry may overtake or be overtaken. */
  readonly outstandingPerDialog: number;
};

/** Messages that wait, over all dialogs; a person offline for a day does not write more. */
const WAITING_MAX = 1000;
const RETRY: Backoff = { firstMs: 250, maxMs: 10 * SECOND };

type Waiting = {
  readonly command: Command;
  readonly resolve: (sent: Sent) => void;
  readonly reject: (error: unknown) => void;
  isOnItsWay: boolean;
  attempts: number;
};

/**
 * Messages that are not acknowledged yet, one lane per dialog, first in first out.
 *
 * A message is sent until a node answers for it: over cuts, other nodes and going offline, always with the same
 * client_id, so that it is stored once however often it is sent. Only a refusal that will not change ends it unsent.
 */
export class SendQueue {
  readonly #ports: SendQueuePorts;
  readonly #lanes = new Map<string, Waiting[]>();
  #size = 0;
  #closed = false;

  constructor(ports: SendQueuePorts) {
    this.#ports = ports;
  }

  /** Messages that are not acknowledged yet. */
  get size(): number {
    return this.#size;
  }

  /** @throws {AppError} the node's final refusal; RETRY_LATER when too much waits already, or the client is closed */
  add(command: Command): Promise<Sent> {
    if (this.#closed || this.#size >= WAITING_MAX) return Promise.reject(new AppError('RETRY_LATER'));
    const { promise, resolve, reject } = Promise.withResolvers<Sent>();
    const lane = this.#lanes.get(command.dialog_id) ?? [];
    this.#lanes.set(command.dialog_id, lane);
    lane.push({ command, resolve, reject, isOnItsWay: false, attempts: 0 });
    this.#size += 1;
    this.#move(command.dialog_id);
    return promise;
  }

  /** The connection is on (again). */
  moveAll(): void {
    for (const dialogId of this.#lanes.keys()) this.#move(dialogId);
  }

  /** Gives up what waits; whether a message on its way was stored, nobody will be told. */
  close(): void {
    this.#closed = true;
    for (const lane of this.#lanes.values()) {
      for (const { reject } of lane) reject(new AppError('RETRY_LATER', { message: 'the client was closed' }));
    }
    this.#lanes.clear();
    this.#size = 0;
  }

  #move(dialogId: string): void {
    if (!this.#ports.isOn()) return;
    const lane = this.#lanes.get(dialogId) ?? [];
    for (const waiting of lane.slice(0, this.#ports.outstandingPerDialog)) {
      if (!waiting.isOnItsWay) void this.#send(dialogId, waiting);
    }
  }

  async #send(dialogId: string, waiting: Waiting): Promise<void> {
    waiting.isOnItsWay = true;
    waiting.attempts += 1;
    try {
      const sent = await this.#ports.send(waiting.command);
      this.#remove(dialogId, waiting);
      waiting.resolve(sent);
    } catch (error) {
      if (error instanceof AppError && error.retryable) return this.#retry(dialogId, waiting, error);
      this.#remove(dialogId, waiting);
      waiting.reject(error);
    }
    this.#move(dialogId);
  }

  /** While offline there is nothing to time: the next connection moves all lanes. */
  #retry(dialogId: string, waiting: Waiting, { retryAfterS }: AppError): void {
    const waitMs = Math.max((retryAfterS ?? 0) * SECOND, backoffMs(RETRY, waiting.attempts));
    setTimeout(
      () => {
        waiting.isOnItsWay = false;
        this.#move(dialogId);
      },
      this.#ports.isOn() ? waitMs : 0,
    );
  }

  #remove(dialogId: string, waiting: Waiting): void {
    const lane = this.#lanes.get(dialogId);
    const at = lane?.indexOf(waiting) ?? -1;
    if (lane === undefined || at < 0) return;
    lane.splice(at, 1);
    this.#size -= 1;
    if (lane.length === 0) this.#lanes.delete(dialogId);
  }
}
