import { pino } from 'pino';
import type { Log } from '#shared/log.ts';
import type { Config } from '#infrastructure/config/settings.ts';

/** The log of one process: JSON lines on standard output, each with the role that wrote it. */
export function makeLog(role: string, level: Config['LOG_LEVEL']): Log {
  return pino({
    level,
    base: { role, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (name) => ({ level: name }) },
  });
}
