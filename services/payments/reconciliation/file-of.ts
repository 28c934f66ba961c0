import type { Bytes } from '#shared/http/call.ts';

/** A text as a file of one piece, which nobody keeps. */
export function fileOf(
  text: string,
  headers: Readonly<Record<string, string>>,
): { readonly body: Bytes; readonly headers: Readonly<Record<string, string>> } {
  const bytes = Buffer.from(text, 'utf8');
  return {
    body: oneChunk(bytes),
    headers: { ...headers, 'Content-Length': String(bytes.length), 'Cache-Control': 'no-store' },
  };
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
