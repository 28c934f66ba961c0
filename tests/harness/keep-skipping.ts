import type { TestWorkflowEnvironment } from '@temporalio/testing';

/** How often a workflow that is waited for is looked at, in real time. */
const LOOK_EVERY_MS = 4_000;
/** A clock that jumps gains more than this between two looks; one that stands still gains their distance. */
const JUMP_MS = 30_000;

/**
 * Makes the clock jump again when the test server has forgotten to. The server counts who holds the clock still, and
 * throws where that count would pass below zero for a moment (temporalio/sdk-java, pull request 3092): the holder that
 * comes next is then counted for ever, and a workflow whose result is awaited waits its timers out in real time.
 */
export function keepSkipping(env: TestWorkflowEnvironment): void {
  const { connection, client } = env;
  const { workflow } = client;
  const wait = workflow.result.bind(workflow);

  async function lookAt(workflowId: string, runId: string | undefined) {
    const { historyLength, raw } = await workflow.getHandle(workflowId, runId).describe();
    const skipped = (await env.currentTimeMs()) - Date.now();
    return { events: historyLength, skipped, busy: (raw.pendingActivities ?? []).length > 0 };
  }

  workflow.result = async (workflowId, runId, options) => {
    let last: Awaited<ReturnType<typeof lookAt>> | undefined;
    const look = async () => {
      const now = await lookAt(workflowId, runId);
      const stands = !now.busy && now.events === last?.events && now.skipped - last.skipped < JUMP_MS;
      last = now;
      if (stands) await connection.testService?.unlockTimeSkipping({});
    };
    // A look that fails is made again at the next turn; the unlock is refused where nobody holds the clock.
    const looks = setInterval(() => void look().catch(() => undefined), LOOK_EVERY_MS);
    try {
      return await wait(workflowId, runId, options);
    } finally {
      clearInterval(looks);
    }
  };
}
