import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';

type History = temporal.api.history.v1.IHistory;
type Payload = temporal.api.common.v1.IPayload;
const HistoryMessage = temporal.api.history.v1.History;

export const HISTORIES = new URL('./', import.meta.url).pathname;

export type KeptAs = {
  readonly domain: string;
  readonly name: string;
  readonly workflowId: string;
  /** One run of a workflow that has gone on afresh; the latest where none is named. */
  readonly runId?: string;
};

/**
 * Keeps the history of a workflow as `tests/histories/<domain>/<name>.json`, to be replayed on every later version of
 * its code. One that is there stays as it is: it is how workflows looked that may still be under way.
 *
 * @param codec what the server's payloads are read with, if they are encrypted
 * @returns false when there was one already
 */
export async function keepHistory(client: Client, { domain, name, workflowId, runId }: KeptAs, codec?: PayloadCodec): Promise<boolean> {
  const path = join(HISTORIES, domain, `${name}.json`);
  if (await exists(path)) return false;
  const history: History = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  if (codec !== undefined) await decode(history, codec);
  await mkdir(join(HISTORIES, domain), { recursive: true });
  await writeFile(path, written(history));
  return true;
}

/** Reads encrypted payloads in place. */
async function decode(node: unknown, codec: PayloadCodec): Promise<void> {
  if (typeof node !== 'object' || node === null || node instanceof Uint8Array) return;
  if (isPayload(node)) {
    Object.assign(node, (await codec.decode([node]))[0]);
    return;
  }
  for (const part of Object.values(node)) await decode(part, codec);
}

function isPayload(node: object): node is Payload {
  return 'metadata' in node && 'data' in node && node.data instanceof Uint8Array;
}

/** Bytes as base64, numbers of 64 bits and enumerations as text, so that the file can be read and compared. */
function written(history: History): string {
  const plain = HistoryMessage.toObject(HistoryMessage.fromObject(history), { bytes: String, longs: String, enums: String });
  // Who ran it and where their files lie is nobody's business, and a replay does not look at it.
  const text = JSON.stringify(
    plain,
    (key, value: unknown) => {
      if (key === 'identity') return 'worker';
      return key === 'stackTrace' ? '' : value;
    },
    1,
  );
  return `${text}\n`;
}

/** A kept history as the server gave it. */
export async function readHistory(domain: string, name: string): Promise<History> {
  const text = await readFile(join(HISTORIES, domain, `${name}.json`), 'utf8');
  return HistoryMessage.fromObject(JSON.parse(text) as Record<string, unknown>);
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
