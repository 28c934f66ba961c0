import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { makeHandshakeRequest } from './handshake-request.ts';

const decide = makeHandshakeRequest(['https://chat.example']);

function admitted(url: string, origin?: string): boolean {
  let success = false;
  decide({ url, headers: { origin } } as unknown as IncomingMessage, (_message, admit) => {
    success = admit;
  });
  return success;
}

test('a page of another origin is refused, near misses included', () => {
  for (const origin of ['https://evil.example', 'http://chat.example', 'https://chat.example.evil', 'null', '']) {
    expect(admitted('/socket.io/?EIO=4', origin), origin).toBe(false);
  }
});

test('our own pages and apps without an origin are let through', () => {
  expect(admitted('/socket.io/?EIO=4&transport=websocket', 'https://chat.example')).toBe(true);
  expect(admitted('/socket.io/?EIO=4&transport=websocket')).toBe(true);
});
