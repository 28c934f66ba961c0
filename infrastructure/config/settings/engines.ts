import { z } from 'zod';
import { optional, setting, url, type Setting } from './setting.ts';

/** Redis, Temporal and the sandbox. */
export const engines = {
  REDIS_URL: setting(url('redis', 'rediss'), 'redis://127.0.0.1:4079', 'Redis: fan-out, limits, presence'),
  REDIS_PREFIX: setting(
    z.string().regex(/^[a-z0-9-]{1,40}$/),
    'tchat',
    'before every Redis key and channel, so that clusters can share a server',
  ),
  TEMPORAL_ADDRESS: setting(z.string().min(1), '127.0.0.1:7233', 'Temporal frontend, host:port'),
  TEMPORAL_NAMESPACE: setting(z.string().min(1), 'default', 'Temporal namespace'),
  TEMPORAL_UI_URL: setting(url('http', 'https'), 'http://127.0.0.1:8233', 'Temporal UI, for links'),
  TASK_QUEUE_PREFIX: setting(
    z.string().regex(/^[a-z0-9-]{0,40}$/),
    '',
    'before every task queue, so that clusters can share a Temporal server',
  ),
  SANDBOX_URL: setting(
    optional(url('http', 'https')),
    'http://127.0.0.1:4010',
    'the sandbox, for profiles that are not production',
  ),
  SANDBOX_CALLBACK_URL: setting(
    optional(url('http', 'https')),
    '',
    'where the sandbox reaches what PUBLIC_URL names, when that is another address, as between containers; empty means PUBLIC_URL',
  ),
} as const satisfies Record<string, Setting>;
