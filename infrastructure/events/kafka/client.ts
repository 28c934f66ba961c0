import { readFileSync } from 'node:fs';
import { Kafka, type KafkaConfig, logLevel, type LogEntry, type SASLOptions } from 'kafkajs';
import type { Config } from '#infrastructure/config/settings.ts';
import type { Log } from '#shared/log.ts';
import { SECOND } from '#shared/time.ts';

const CONNECT_WITHIN_MS = 3 * SECOND;
/** Also how long a broker may take to acknowledge a batch that two others must have. */
export const ANSWER_WITHIN_MS = 8 * SECOND;

export type KafkaSettings = Pick<
  Config,
  | 'KAFKA_BROKERS'
  | 'KAFKA_CLIENT_ID'
  | 'KAFKA_TLS'
  | 'KAFKA_CA_FILE'
  | 'KAFKA_SASL'
  | 'KAFKA_USERNAME'
  | 'KAFKA_PASSWORD'
>;

/**
 * The client that everything here speaks through. Nothing is connected until it is used. The client itself tries little
 * and not for long: whoever uses it knows better what to do while Kafka is away.
 */
export function openKafka(settings: KafkaSettings, log: Log): Kafka {
  return new Kafka({
    clientId: settings.KAFKA_CLIENT_ID,
    brokers: [...settings.KAFKA_BROKERS],
    connectionTimeout: CONNECT_WITHIN_MS,
    requestTimeout: ANSWER_WITHIN_MS,
    retry: { retries: 2, initialRetryTime: 50, maxRetryTime: SECOND },
    ...tlsOf(settings),
    ...saslOf(settings),
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => say(log, entry),
  });
}

function tlsOf({ KAFKA_TLS, KAFKA_CA_FILE }: KafkaSettings): Pick<KafkaConfig, 'ssl'> {
  if (KAFKA_TLS === 'off') return {};
  return {
    ssl: {
      ...(KAFKA_CA_FILE !== undefined && { ca: readFileSync(KAFKA_CA_FILE, 'utf8') }),
      ...(KAFKA_TLS === 'verify-ca' && { checkServerIdentity: () => undefined }),
    },
  };
}

function saslOf(settings: KafkaSettings): Pick<KafkaConfig, 'sasl'> {
  const { KAFKA_SASL: mechanism, KAFKA_USERNAME: username, KAFKA_PASSWORD: password } = settings;
  // The client wants to be told one mechanism at a time.
  return mechanism === 'off' ? {} : { sasl: { mechanism, username, password } as SASLOptions };
}

/** Said of every producer of ours: it is given up after a failure, so that fewer tries endanger nothing. */
const RETRIES_ARE_FEW = 'Limiting retries for the idempotent producer';
/** An answer that is an error, which whoever asked hears too. */
const ANSWER = 'Response ';

/** The client calls much an error that heals by itself, as a topic that is new or a broker that is being restarted. */
function say(log: Log, { namespace, log: entry }: LogEntry): void {
  if (entry.message.startsWith(RETRIES_ARE_FEW) || entry.message.startsWith(ANSWER)) return;
  const { message, timestamp: _, logger: _1, stack: _2, ...facts } = entry;
  log.warn({ kafka: namespace, ...facts }, message);
}
