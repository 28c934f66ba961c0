import type { Config, SettingName } from '#infrastructure/config/settings.ts';
import { portIsFree } from '../processes/free-port.ts';
import type { Embedded } from './environment.ts';

/** A port that the embedded cluster is about to use, and the setting that moves it. */
type Claim = { readonly setting: SettingName; readonly port: number; readonly host: string };

/** A sentence for each port that cannot be had, with the setting to change. */
export async function portFaults(config: Config, embedded: Embedded): Promise<string[]> {
  const claims = claimsOf(config, embedded);
  const faults = await Promise.all(claims.map((claim, index) => faultOf(claim, claims.slice(0, index))));
  return faults.filter((fault) => fault !== undefined);
}

async function faultOf({ setting, port, host }: Claim, before: readonly Claim[]): Promise<string | undefined> {
  const twin = before.find((other) => other.port === port);
  if (twin !== undefined) {
    return twin.setting === setting
      ? `${setting} names port ${port} twice.`
      : `${twin.setting} and ${setting} both name port ${port}: change one of them.`;
  }
  if (await portIsFree(port, host)) return undefined;
  return `Port ${port} on ${host} is taken by another program: stop that program, or set ${setting} to a free port.`;
}

function claimsOf(config: Config, embedded: Embedded): Claim[] {
  const at = (host: string, ...names: readonly ServerPort[]): Claim[] =>
    names.map((setting) => ({ setting, port: config[setting], host }));
  return [
    ...at(config.HOST, 'GATEWAY_PORT'),
    ...config.REALTIME_PORTS.map((port) => ({ setting: 'REALTIME_PORTS' as const, port, host: config.HOST })),
    ...at(config.HOST, 'WORKER_PORT', 'STATUS_PORT'),
    ...(embedded.sandbox ? at(config.HOST, 'SANDBOX_PORT', 'SANDBOX_SMTP_PORT', 'SANDBOX_APNS_PORT') : []),
    ...(embedded.postgres ? at('127.0.0.1', 'POSTGRES_PORT') : []),
    ...(embedded.redis ? at('127.0.0.1', 'REDIS_PORT') : []),
    ...(embedded.cassandra ? at('127.0.0.1', 'CASSANDRA_PORT') : []),
    ...(embedded.kafka ? at('127.0.0.1', 'KAFKA_PORT') : []),
    ...(embedded.registry ? at('127.0.0.1', 'SCHEMA_REGISTRY_PORT') : []),
    ...(embedded.temporal ? at('127.0.0.1', 'TEMPORAL_PORT', 'TEMPORAL_UI_PORT') : []),
  ];
}

type ServerPort = Extract<SettingName, `${string}_PORT`>;
