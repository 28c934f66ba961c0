import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '#shared/log.ts';
import { SECOND } from '#shared/time.ts';
import { type Faults, WEBHOOK_FAULTS, type WebhookFault } from './faults.ts';
import type { Post } from './post.ts';

/** What a provider tells us of its own accord. */
export type Webhook = {
  readonly provider: string;
  readonly kind: 'payment' | 'delivery_report';
  readonly url: string;
  /** How often it is tried in all when no 2xx comes. Providers differ: gateways insist, Twilio hardly does. */
  readonly triesMax: number;
  /** What passes before the first try. */
  readonly afterMs: number;
  /** Made anew for each try, because signatures carry the time of sending. */
  compose(at: Date): Envelope | Promise<Envelope>;
};

type Envelope = { readonly headers: Readonly<Record<string, string>>; readonly body: string };

export interface Webhooks {
  /** Returns at once; tries until it is taken, through whatever faults are set. */
  send(webhook: Webhook): void;
  /** Tries once, whatever faults are set. The HTTP status of the answer, or 0 when none came. */
  sendNow(webhook: Webhook): Promise<number>;
  /** No further try begins. */
  stop(): void;
}

/** With 12 tries a webhook is given up after about three minutes, which outlasts a restart of the gateway. */
const BACK_OFF_FIRST_MS = SECOND / 2;
const BACK_OFF_MAX_MS = 30 * SECOND;

/** A webhook held back by `reorder_webhooks` goes out after the next one of its provider, or after this. */
const HELD_MAX_MS = 2 * SECOND;

/** Webhooks under way; a receiver that is away for long under load loses the ones above this. */
const UNDER_WAY_MAX = 100_000;

const FAULTS_OF: Readonly<Record<Webhook['kind'], readonly WebhookFault[]>> = {
  payment: WEBHOOK_FAULTS.filter((fault) => fault !== 'no_delivery_report'),
  delivery_report: WEBHOOK_FAULTS,
};

type Ports = { readonly faults: Faults; readonly post: Post; readonly clock: () => Date; readonly log: Log };

export function makeWebhooks({ faults, post, clock, log }: Ports): Webhooks {
  const stopped = new AbortController();
  /** Held back webhooks by provider. No list is empty. */
  const held = new Map<string, Webhook[]>();
  let underWay = 0;

  async function tryOnce(webhook: Webhook): Promise<number> {
    const { headers, body } = await webhook.compose(clock());
    return await post(webhook.url, headers, body);
  }

  async function pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { ref: false, signal: stopped.signal }).catch(() => undefined);
  }

  async function tryUntilTaken(webhook: Webhook): Promise<void> {
    for (let tried = 1; !stopped.signal.aborted; tried++) {
      const status = await tryOnce(webhook);
      if (status >= 200 && status < 300) return;
      if (tried >= webhook.triesMax) {
        log.warn({ provider: webhook.provider, tried, status }, 'a webhook was given up: nobody took it');
        return;
      }
      const backOffMs = Math.min(BACK_OFF_FIRST_MS * 2 ** (tried - 1), BACK_OFF_MAX_MS);
      await pause(backOffMs);
    }
  }

  async function deliver(webhook: Webhook): Promise<void> {
    if (underWay >= UNDER_WAY_MAX) {
      log.warn({ provider: webhook.provider }, 'a webhook was dropped: too many are under way');
      return;
    }
    underWay += 1;
    try {
      if (webhook.afterMs > 0) await pause(webhook.afterMs);
      await tryUntilTaken(webhook);
    } catch (error) {
      log.error({ provider: webhook.provider, err: error }, 'a webhook could not be made');
    } finally {
      underWay -= 1;
    }
  }

  function hold(webhook: Webhook): void {
    const waiting = held.get(webhook.provider);
    if (waiting === undefined) held.set(webhook.provider, [webhook]);
    else waiting.push(webhook);
    setTimeout(() => release(webhook.provider), HELD_MAX_MS).unref();
  }

  function release(provider: string): void {
    const waiting = held.get(provider);
    held.delete(provider);
    for (const webhook of waiting?.toReversed() ?? []) void deliver(webhook);
  }

  return {
    send: (webhook) => {
      if (stopped.signal.aborted) return;
      const fault = faults.draw(webhook.provider, FAULTS_OF[webhook.kind]);
      switch (fault) {
        case 'drop_webhook':
        case 'no_delivery_report':
          return;
        case 'reorder_webhooks':
          hold(webhook);
          return;
        case 'duplicate_webhook':
          void deliver(webhook);
          break;
        case undefined:
          break;
      }
      void deliver(webhook).then(() => release(webhook.provider));
    },
    sendNow: tryOnce,
    stop: () => stopped.abort(),
  };
}
