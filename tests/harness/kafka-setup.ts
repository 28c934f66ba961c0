import type { TestProject } from 'vitest/node';
import { openThrowawayKafka } from './throwaway-kafka.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** host:port, where a project's events go through Kafka. */
    kafka: string;
  }
}

/** A Kafka node for the projects whose events go through it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const kafka = await openThrowawayKafka();
  project.provide('kafka', kafka.address);
  return async () => await kafka[Symbol.asyncDispose]();
}
