import { inject } from 'vitest';
import type { EngineUrls } from './global-setup.ts';

/** Where this run's engines answer. */
export const engines: EngineUrls = inject('engines');
