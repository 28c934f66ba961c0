import { defineConfig } from 'vitest/config';

const ENGINES = ['tests/harness/global-setup.ts'];
const HANDLES = ['tests/harness/no-leaked-handles.ts'];
const CASSANDRA = ['tests/harness/cassandra-setup.ts'];
const CASSANDRA_SESSION = ['tests/harness/cassandra-session.ts'];
const KAFKA = ['tests/harness/kafka-setup.ts'];
const KAFKA_CARRIER = ['tests/harness/kafka-carrier.ts'];

/** Engines answer in milliseconds; what takes longer than this hangs. */
const TEST_TIMEOUT_MS = 30_000;
/** Whole clusters are started and killed here. */
const E2E_TIMEOUT_MS = 120_000;

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '{shared,services,activities,workflows,realtime,gateway,workers,infrastructure,client}/**/*.test.ts',
          ],
          testTimeout: TEST_TIMEOUT_MS,
        },
      },
      {
        test: {
          name: 'rules',
          include: ['tests/rules/**/*.test.ts'],
          testTimeout: TEST_TIMEOUT_MS,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
          globalSetup: ENGINES,
          setupFiles: HANDLES,
          testTimeout: TEST_TIMEOUT_MS,
          hookTimeout: TEST_TIMEOUT_MS,
        },
      },
      {
        // Messaging once more, with its messages in Cassandra.
        test: {
          name: 'cassandra',
          include: ['tests/integration/messaging/**/*.test.ts', 'tests/cassandra/**/*.test.ts'],
          globalSetup: [...ENGINES, ...CASSANDRA],
          setupFiles: [...HANDLES, ...CASSANDRA_SESSION],
          testTimeout: E2E_TIMEOUT_MS,
          hookTimeout: E2E_TIMEOUT_MS,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // What every event bus promises once more, through Kafka.
        test: {
          name: 'kafka',
          include: ['tests/integration/events/bus-contract*.test.ts', 'tests/kafka/**/*.test.ts'],
          globalSetup: [...ENGINES, ...KAFKA],
          setupFiles: [...HANDLES, ...KAFKA_CARRIER],
          testTimeout: E2E_TIMEOUT_MS,
          hookTimeout: E2E_TIMEOUT_MS,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'registry',
          include: ['tests/registry/**/*.test.ts'],
          setupFiles: HANDLES,
          testTimeout: E2E_TIMEOUT_MS,
          hookTimeout: E2E_TIMEOUT_MS,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: 'workflows',
          include: ['tests/workflows/**/*.test.ts'],
          globalSetup: ENGINES,
          // Temporal's test server now and then loses count of who holds its clock: a story that fails is told once more.
          retry: 2,
          testTimeout: E2E_TIMEOUT_MS,
          hookTimeout: E2E_TIMEOUT_MS,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'replay',
          include: ['tests/replay/**/*.test.ts'],
          testTimeout: E2E_TIMEOUT_MS,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          globalSetup: ENGINES,
          testTimeout: E2E_TIMEOUT_MS,
          hookTimeout: E2E_TIMEOUT_MS,
          fileParallelism: false,
        },
      },
    ],
  },
});
