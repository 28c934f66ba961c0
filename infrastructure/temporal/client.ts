import { Client, Connection } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import type { Config } from '#infrastructure/config/settings.ts';
import { makePayloadCodec } from './payload-codec.ts';

type TemporalConfig = Pick<Config, 'TEMPORAL_ADDRESS' | 'TEMPORAL_NAMESPACE' | 'TEMPORAL_CODEC_KEY'>;

/** How payloads are turned into bytes; workers and clients must agree on it. */
export function dataConverter(config: Pick<Config, 'TEMPORAL_CODEC_KEY'>): DataConverter {
  return { payloadCodecs: [makePayloadCodec([config.TEMPORAL_CODEC_KEY])] };
}

export type OpenTemporal = { readonly client: Client; close(): Promise<void> };

/** A client that connects at its first call, so that a process starts, and chat goes on, while Temporal is away. */
export function openTemporal(config: TemporalConfig): OpenTemporal {
  const connection = Connection.lazy({ address: config.TEMPORAL_ADDRESS });
  const client = new Client({ connection, namespace: config.TEMPORAL_NAMESPACE, dataConverter: dataConverter(config) });
  return { client, close: () => connection.close() };
}
