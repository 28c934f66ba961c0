import type { RedisConnection } from '#infrastructure/redis/connect.ts';
import type { Log } from '#shared/log.ts';
import { SECOND } from '#shared/time.ts';

type Handler = (message: Buffer, channel: string) => void;

/** How the channels fare, for metrics and readiness. */
export type ChannelsState = {
  readonly subscribed: boolean;
  readonly publishing: boolean;
  /** Publications that no other node has heard, since the start. */
  readonly lost: number;
};

/** Channels named in one SSUBSCRIBE; keeps a single command well under a millisecond of Redis's one thread. */
const CHANNELS_PER_COMMAND_MAX = 512;
/** Payloads on their way to a Redis that does not answer; beyond it publications are dropped and counted. */
const UNANSWERED_BYTES_MAX = 16 * 1024 * 1024;
/** How long a new socket waits for its rooms to be heard cluster-wide before it goes on node-local. */
const SETTLE_WITHIN_MS = 1 * SECOND;
const PING_EVERY_MS = 5 * SECOND;
const DONE = Promise.resolve(0);

/**
 * Redis sharded pub/sub as Socket.IO's sharded adapter wants it: an object with node-redis's three methods.
 *
 * Handing ioredis to the adapter directly works until Redis goes away: the adapter drops the promises of its
 * subscriptions, and holds back local delivery until each publication is answered. So here:
 * - **Publishing never waits.** Publications of one turn of the event loop leave in one write, the adapter goes on to
 *   its own sockets at once, and what could not be published is counted. Other nodes find it by their beacon.
 * - **Subscriptions are a set that is wanted.** Changes are sent in batches, and each time the connection is ready the
 *   whole set is sent again; then {@link onRestored} tells the node that it was deaf for a while.
 *
 * Both connections come from `openRedis`, the publishing one with `commandTimeoutMs: 'none'`, and are closed with this.
 */
export class ShardedChannels implements AsyncDisposable {
  readonly #publisher: RedisConnection;
  readonly #subscriber: RedisConnection;
  readonly #log: Log;
  /** Every channel that is wanted, whether Redis knows of it yet or not. */
  readonly #handlers = new Map<string, Handler>();
  /** Changes not yet sent: true to subscribe, false to unsubscribe. The last word on a channel counts. */
  readonly #changes = new Map<string, boolean>();
  readonly #restored = new Set<() => void>();
  readonly #ping: NodeJS.Timeout;
  /** Settles when Redis has answered the latest change; earlier ones are answered before it. */
  #latestChange: Promise<unknown> = DONE;
  #batch: ReturnType<RedisConnection['pipeline']> | undefined;
  #batchBytes = 0;
  #unansweredBytes = 0;
  #lost = 0;
  /** True while Redis knows every wanted channel, changes under way aside. */
  #subscribed = false;

  constructor(connections: {
    readonly publisher: RedisConnection;
    readonly subscriber: RedisConnection;
    readonly log: Log;
  }) {
    this.#publisher = connections.publisher;
    this.#subscriber = connections.subscriber;
    this.#log = connections.log;
    this.#subscriber.on('smessageBuffer', (rawChannel: Buffer, message: Buffer) => {
      const channel = rawChannel.toString();
      this.#handlers.get(channel)?.(message, channel);
    });
    this.#subscriber.on('ready', () => void this.#restore());
    this.#subscriber.on('close', () => {
      this.#subscribed = false;
    });
    if (this.#subscriber.status === 'ready') this.#subscribed = true;
    // A subscriber only listens, so a peer that vanished without a word would never be missed.
    this.#ping = setInterval(() => this.#subscriber.ping().catch(() => undefined), PING_EVERY_MS);
    this.#ping.unref();
  }

  sSubscribe(channel: string, handler: Handler): void {
    this.#handlers.set(channel, handler);
    this.#change(channel, true);
  }

  sUnsubscribe(channels: string | readonly string[]): void {
    for (const channel of typeof channels === 'string' ? [channels] : channels) {
      this.#handlers.delete(channel);
      this.#change(channel, false);
    }
  }

  /** Always resolved: the adapter goes on to its own sockets without waiting for Redis. */
  sPublish(channel: string, payload: string | Buffer): Promise<number> {
    if (this.#publisher.status !== 'ready' || this.#unansweredBytes > UNANSWERED_BYTES_MAX) {
      this.#lost += 1;
      return DONE;
    }
    if (this.#batch === undefined) {
      this.#batch = this.#publisher.pipeline();
      setImmediate(() => void this.#sendBatch());
    }
    this.#batch.spublish(channel, payload);
    this.#batchBytes += payload.length;
    return DONE;
  }

  /** Resolves when everything subscribed so far is heard, or after a second without Redis. Never rejects. */
  async settled(): Promise<void> {
    if (this.#changes.size > 0) this.#sendChanges();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, SETTLE_WITHIN_MS);
    });
    await Promise.race([this.#latestChange, late]);
    clearTimeout(timer);
  }

  /** Called after the subscriptions stand again: what was published in between was not heard. */
  onRestored(listener: () => void): void {
    this.#restored.add(listener);
  }

  get state(): ChannelsState {
    return { subscribed: this.#subscribed, publishing: this.#publisher.status === 'ready', lost: this.#lost };
  }

  /** Sends what is still to be published, then closes both connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#ping);
    this.#restored.clear();
    await this.#sendBatch();
    await Promise.all([this.#publisher[Symbol.asyncDispose](), this.#subscriber[Symbol.asyncDispose]()]);
  }

  async #sendBatch(): Promise<void> {
    const batch = this.#batch;
    if (batch === undefined) return;
    const bytes = this.#batchBytes;
    this.#batch = undefined;
    this.#batchBytes = 0;
    this.#unansweredBytes += bytes;
    try {
      const answers = (await batch.exec()) ?? [];
      for (const [failure] of answers) if (failure !== null) this.#lost += 1;
    } catch {
      this.#lost += batch.length;
    }
    this.#unansweredBytes -= bytes;
  }

  #change(channel: string, wanted: boolean): void {
    if (this.#changes.size === 0) queueMicrotask(() => this.#sendChanges());
    this.#changes.set(channel, wanted);
  }

  #sendChanges(): void {
    const wanted: string[] = [];
    const unwanted: string[] = [];
    for (const [channel, want] of this.#changes) (want ? wanted : unwanted).push(channel);
    this.#changes.clear();
    // While the connection is away nothing is sent: its next ready sends the whole set.
    if (this.#subscriber.status !== 'ready') return;
    if (unwanted.length > 0) this.#subscriber.sunsubscribe(...unwanted).catch(() => undefined);
    if (wanted.length > 0) this.#latestChange = this.#subscribe(wanted);
  }

  /** True when Redis has confirmed all of them. */
  async #subscribe(channels: readonly string[]): Promise<boolean> {
    const commands: Promise<unknown>[] = [];
    for (let from = 0; from < channels.length; from += CHANNELS_PER_COMMAND_MAX) {
      commands.push(this.#subscriber.ssubscribe(...channels.slice(from, from + CHANNELS_PER_COMMAND_MAX)));
    }
    const results = await Promise.allSettled(commands);
    const failure = results.find((result) => result.status === 'rejected');
    if (failure === undefined) return true;
    this.#log.warn({ reason: String(failure.reason) }, 'room channels could not be subscribed');
    // A connection that is up and yet refuses is not in a known state; a new one sends the whole set.
    if (this.#subscriber.status === 'ready') this.#subscriber.disconnect(true);
    return false;
  }

  async #restore(): Promise<void> {
    const restoring = this.#subscribe([...this.#handlers.keys()]);
    this.#latestChange = restoring;
    if (!(await restoring)) return;
    this.#subscribed = true;
    for (const listener of this.#restored) listener();
  }
}
