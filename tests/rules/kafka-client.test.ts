import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const ROOT = new URL('../../', import.meta.url);
const ROOMS = 'shared services activities workflows realtime gateway workers infrastructure client tests'.split(' ');
/** The adapter, and what holds it against the engine itself. */
const ALLOWED = /^(infrastructure\/events\/kafka|tests\/kafka|tests\/load\/kafka)\//;
const IMPORT = /(from|import\()\s*'kafkajs/;

function filesThatImport(): string[] {
  return ROOMS.flatMap((room) =>
    readdirSync(new URL(room, ROOT), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => `${room}/${path}`)
      .filter((path) => IMPORT.test(readFileSync(new URL(path, ROOT), 'utf8'))),
  );
}

test('the Kafka client, which nobody maintains, is known to its adapter alone', () => {
  const all = filesThatImport();
  expect(all).toContain('infrastructure/events/kafka/client.ts');
  expect(all.filter((path) => !ALLOWED.test(path))).toEqual([]);
});
