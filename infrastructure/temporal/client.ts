import { Client, Connection, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import type { Config } from '#infrastructure/config/settings.ts';
import { SECOND } from '#shared/time.ts';
import { makePayloadCodec } from './payload-codec.ts';

/** Tries of one call, half a second in all: a person gets a quick no, and the event bus has its own patience. */
const TRIES_MAX = 3;
/** gRPC would wait for up to two minutes before it looks again for a server that was away. */
const RECONNECT_FIRST_MS = SECOND / 4;
const RECONNECT_MAX_MS = 2 * SECOND;

type TemporalConfig = Pick<Config, 'TEMPORAL_ADDRESS' | 'TEMPORAL_NAMESPACE' | 'TEMPORAL_CODEC_KEY'>;

/** How payloads are turned into bytes; workers and clients must agree on it. */
export function dataConverter(config: Pick<Config, 'TEMPORAL_CODEC_KEY'>): DataConverter {
  return { payloadCodecs: [makePayloadCodec(config.TEMPORAL_CODEC_KEY)] };
}

export type OpenTemporal = { readonly client: Client; close(): Promise<void> };

/** A client that connects at its first call, so that a process starts, and chat goes on, while Temporal is away. */
export function openTemporal(config: TemporalConfig): OpenTemporal {
  const connection = Connection.lazy({
    address: config.TEMPORAL_ADDRESS,
    channelArgs: {
      'grpc.initial_reconnect_backoff_ms': RECONNECT_FIRST_MS,
      'grpc.max_reconnect_backoff_ms': RECONNECT_MAX_MS,
    },
    interceptors: [makeGrpcRetryInterceptor(defaultGrpcRetryOptions({ maxAttempts: TRIES_MAX }))],
  });
  const client = new Client({ connection, namespace: config.TEMPORAL_NAMESPACE, dataConverter: dataConverter(config) });
  return { client, close: () => connection.close() };
}
