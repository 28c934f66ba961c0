import { Client, Connection } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import { foundIn, type Needle } from './forms.ts';

type Options = {
  readonly address: string;
  /** Of the cluster that is searched; others share the server. */
  readonly taskQueuePrefix: string;
  /** Histories are searched as they rest, and again as whoever has the key reads them. */
  readonly codec: PayloadCodec;
};

export type TemporalSearch = { readonly found: readonly string[]; readonly workflows: readonly string[] };

/** Where planted things are in workflows: their ids, search attributes, memos, and every event of their histories. */
export async function searchTemporal(
  { address, taskQueuePrefix, codec }: Options,
  needles: readonly Needle[],
): Promise<TemporalSearch> {
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  const found: string[] = [];
  const workflows: string[] = [];
  try {
    for await (const execution of client.workflow.list()) {
      if (!execution.taskQueue.startsWith(taskQueuePrefix)) continue;
      const { workflowId, runId, memo, searchAttributes } = execution;
      const handle = client.workflow.getHandle(workflowId, runId);
      const [history, described] = [await handle.fetchHistory(), await handle.describe()];
      const texts = [
        JSON.stringify([workflowId, memo, searchAttributes, execution.raw.memo, described.raw], plainly),
        JSON.stringify(history, plainly),
        ...(await payloadsIn(history, codec)),
      ];
      const what = new Set(texts.flatMap((text) => foundIn(text, needles)));
      found.push(...[...what].map((thing) => `workflow ${workflowId}: ${thing}`));
      workflows.push(workflowId);
    }
    return { found, workflows };
  } finally {
    await connection.close();
  }
}

/** Bytes as the text that they may be. */
function plainly(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  // Buffers have turned themselves into this before they get here.
  const made = value as { type?: unknown; data?: unknown } | null;
  if (made?.type === 'Buffer' && Array.isArray(made.data)) return Buffer.from(made.data as number[]).toString('latin1');
  return value;
}

async function payloadsIn(node: unknown, codec: PayloadCodec): Promise<string[]> {
  if (typeof node !== 'object' || node === null || node instanceof Uint8Array) return [];
  if ('metadata' in node && 'data' in node && node.data instanceof Uint8Array) {
    const [payload] = await codec.decode([node as temporal.api.common.v1.IPayload]);
    return [Buffer.from(payload?.data ?? []).toString('utf8')];
  }
  return (await Promise.all(Object.values(node).map((part) => payloadsIn(part, codec)))).flat();
}
