import { inject } from 'vitest';
import type { EngineUrls } from './throwaway-engines.ts';

/** Where this run's engines answer. */
export const engines: EngineUrls = inject('engines');
