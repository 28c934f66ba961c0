import { resolve } from 'node:path';
import { supervise } from './supervisor/supervise.ts';

/** `npm start`: the whole cluster on this machine, kept alive until Ctrl-C or SIGTERM. */
await supervise(resolve(import.meta.dirname, '../..'));
