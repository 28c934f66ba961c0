import { Counter, Gauge } from 'prom-client';

const lagEvents = new Gauge({
  name: 'tchat_kafka_lag_events',
  help: 'Records of a topic that a group in this process has not handled, as of the last batch of each partition',
  labelNames: ['group', 'topic'],
});
const publishedTotal = new Counter({ name: 'tchat_kafka_published_total', help: 'Events that Kafka has acknowledged' });
/** By group and topic, the lag of each partition that this process has read. */
const lags = new Map<string, Map<number, number>>();

/** Notes how many records of a partition a group has still before it. */
export function noteLag(group: string, topic: string, partition: number, lag: number): void {
  const key = `${group} ${topic}`;
  const partitions = lags.get(key) ?? new Map<number, number>();
  lags.set(key, partitions.set(partition, lag));
  lagEvents.set(
    { group, topic },
    partitions.values().reduce((sum, one) => sum + one, 0),
  );
}

export function countPublished(count: number): void {
  publishedTotal.inc(count);
}
