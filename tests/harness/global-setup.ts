import type { TestProject } from 'vitest/node';
import { type EngineUrls, openThrowawayEngines, type ThrowawayEngines } from './throwaway-engines.ts';

declare module 'vitest' {
  interface ProvidedContext {
    engines: EngineUrls;
  }
}

/** One set of engines for all projects of a run; each project's setup and teardown counts itself in and out. */
let shared: Promise<ThrowawayEngines> | undefined;
let users = 0;

/** Prints a step when it changes, so that a first run that builds an engine is seen to move. */
function told(): (doing: string) => void {
  let last = '';
  return (doing) => {
    const step = doing.replaceAll(/[\d.,]+/g, '#');
    if (step !== last) console.log(`engines: ${doing}`);
    last = step;
  };
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  shared ??= openThrowawayEngines({ name: 'test', durable: false, progress: told() });
  const engines = await shared;
  users += 1;
  project.provide('engines', engines.urls);
  return async () => {
    users -= 1;
    if (users > 0) return;
    shared = undefined;
    await engines[Symbol.asyncDispose]();
  };
}
