import { supervise } from '#infrastructure/local/supervisor/supervise.ts';

/** The real supervisor with roles that stand in for the real ones. */
await supervise(import.meta.dirname);
