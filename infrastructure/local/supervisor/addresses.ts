import { join } from 'node:path';
import type { Config } from '#infrastructure/config/settings.ts';
import { reachable } from './environment.ts';

/** Where everything is, one aligned line each. */
export function addresses(config: Config, dataDir: string): string[] {
  const at = (port: number, path = '') => `http://${reachable(config.HOST)}:${port}${path}`;
  const rows: readonly (readonly [string, string])[] = [
    ['API', `${config.PUBLIC_URL}/api/v1`],
    ['API reference', `${config.PUBLIC_URL}/api/v1/docs`],
    ['Sockets', [config.PUBLIC_URL, ...config.REALTIME_PORTS.map((port) => at(port))].join('  ')],
    ...(config.SANDBOX_URL === undefined ? [] : [['Sandbox inbox', `${config.SANDBOX_URL}/sandbox/inbox`] as const]),
    ['Temporal UI', config.TEMPORAL_UI_URL],
    ['Status', at(config.STATUS_PORT)],
    ['Data', dataDir],
    ['Logs', join(dataDir, 'logs')],
  ];
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows.map(([name, address]) => `  ${name.padEnd(width)}${address}`);
}
