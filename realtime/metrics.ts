import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Channels } from './ports.ts';
import type { EndReason } from './session/close-socket.ts';
import type { Sessions } from './session/sessions.ts';

/** An acknowledgement takes a commit: milliseconds when all is well. */
const ACK_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export type NodeMetrics = {
  readonly answered: (event: string, outcome: string, elapsedMs: number) => void;
  readonly refused: (code: string) => void;
  readonly ended: (reason: EndReason) => void;
};

/** What Prometheus reads of one node. Labels have few values: events and codes of the contract, never ids. */
export function makeMetrics(registry: Registry, sessions: Sessions, channels: Pick<Channels, 'state'>): NodeMetrics {
  const registers = [registry];
  const events = new Counter({
    name: 'realtime_events_total',
    help: 'Client events by outcome: ok or an error code',
    labelNames: ['event', 'outcome'],
    registers,
  });
  const acks = new Histogram({
    name: 'realtime_ack_seconds',
    help: 'From the arrival of an event to its acknowledgement',
    labelNames: ['event'],
    buckets: ACK_SECONDS,
    registers,
  });
  const refusals = new Counter({
    name: 'realtime_connections_refused_total',
    help: 'Sockets that were not admitted, by code',
    labelNames: ['code'],
    registers,
  });
  const endings = new Counter({
    name: 'realtime_sockets_ended_total',
    help: 'Sockets that the node ended, by reason',
    labelNames: ['reason'],
    registers,
  });
  gauge('realtime_sockets', 'Sockets of this node, those being admitted included', () => sessions.all.size);
  gauge('realtime_redis_subscribed', '1 while the node hears the other nodes', () => Number(channels.state.subscribed));
  gauge('realtime_redis_publishing', '1 while the other nodes hear this one', () => Number(channels.state.publishing));
  gauge('realtime_publications_lost', 'Emits no other node has heard, since the start', () => channels.state.lost);

  function gauge(name: string, help: string, read: () => number): void {
    const made: Gauge = new Gauge({ name, help, registers, collect: () => made.set(read()) });
  }

  /** Looking a child up by its labels costs more than counting, and this is done for every event. */
  const counted = new Map<string, Counter.Internal>();
  const timed = new Map<string, Histogram.Internal<'event'>>();

  function count(event: string, outcome: string): void {
    const key = `${event} ${outcome}`;
    let child = counted.get(key);
    if (child === undefined) counted.set(key, (child = events.labels(event, outcome)));
    child.inc();
  }

  function time(event: string, seconds: number): void {
    let child = timed.get(event);
    if (child === undefined) timed.set(event, (child = acks.labels(event)));
    child.observe(seconds);
  }

  return {
    answered: (event, outcome, elapsedMs) => {
      count(event, outcome);
      time(event, elapsedMs / 1000);
    },
    refused: (code) => refusals.inc({ code }),
    ended: (reason) => endings.inc({ reason }),
  };
}
