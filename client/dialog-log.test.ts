import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { WireMessage } from '#shared/contracts/messaging/message.ts';
import { type Change, DialogLog } from './dialog-log.ts';

function change(version: number, messageId: string, content: string): Change {
  const message = { id: messageId, version, content } as unknown as WireMessage;
  return { type: 'message:new', version, message };
}

/** The last that was told of each message. */
function latest(changes: readonly Change[]): Map<string, Change> {
  return new Map(changes.map((one) => [one.message.id, one]));
}

/** A dialog on the server: change n has version n + 1, and names the message that it changes. */
function serverOf(messageIds: readonly string[]) {
  const changes = messageIds.map((id, index) => change(index + 1, id, `state ${index + 1}`));
  const stateAt = (version: number) => latest(changes.slice(0, version));
  return {
    changes,
    stateAt,
    /** As the real `sync`: each changed message once, in its latest state, ascending. */
    sync: (after: number, upTo: number, limit: number) => {
      const missed = [...stateAt(upTo).values()]
        .filter(({ version }) => version > after)
        .sort((a, b) => a.version - b.version);
      return { version: upTo, changes: missed.slice(0, limit), has_more: missed.length > limit };
    },
  };
}

test('a repeated live change is handed on once', () => {
  const log = new DialogLog(0);
  expect(log.live(change(1, 'a', 'x'))).toHaveLength(1);
  expect(log.live(change(1, 'a', 'x'))).toEqual([]);
});

test('a change after a gap waits for the gap to be filled', () => {
  const log = new DialogLog(0);
  expect(log.live(change(2, 'b', 'x'))).toEqual([]);
  expect(log.hasGap).toBe(true);
  expect(log.live(change(1, 'a', 'x')).map(({ version }) => version)).toEqual([1, 2]);
  expect(log.hasGap).toBe(false);
});

test('a page that was read before a live change arrived does not take it back', () => {
  const log = new DialogLog(0);
  log.live(change(1, 'a', 'x'));
  log.live(change(2, 'b', 'x'));
  expect(log.synced({ version: 1, changes: [change(1, 'a', 'x')], has_more: false })).toEqual([]);
  expect(log.version).toBe(2);
});

test('a page without changes still moves on to the version it tells', () => {
  const log = new DialogLog(3);
  expect(log.synced({ version: 7, changes: [], has_more: false })).toEqual([]);
  expect(log.version).toBe(7);
});

/** A dialog of up to six messages that change again and again, and what the network does to its live events. */
const story = fc.record({
  messages: fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { minLength: 1, maxLength: 40 }),
  /** Which live event arrives next, repeats and omissions included; every third step may be a sync instead. */
  steps: fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant('live' as const), at: fc.nat(39) }),
      fc.record({ kind: fc.constant('sync' as const), upTo: fc.nat(40), limit: fc.integer({ min: 1, max: 5 }) }),
    ),
    { maxLength: 120 },
  ),
});

test('whatever is lost, repeated or overtaken, changes are handed on in order, once, and end in the true state', () => {
  fc.assert(
    fc.property(story, ({ messages, steps }) => {
      const server = serverOf(messages);
      const log = new DialogLog(0);
      const handedOn: Change[] = [];
      for (const step of steps) {
        if (step.kind === 'live') {
          const live = server.changes[step.at];
          if (live !== undefined) handedOn.push(...log.live(live));
        } else {
          // The server never answers from before what it has already told this client.
          const upTo = Math.min(messages.length, Math.max(step.upTo, log.version));
          handedOn.push(...log.synced(server.sync(log.version, upTo, step.limit)));
        }
        const known = latest(handedOn);
        const changesLater = new Set<string>(messages.slice(log.version));
        for (const [id, truth] of server.stateAt(log.version)) {
          // What it knows of a message is the truth at its version, or newer; one that changes later may come later.
          if (!changesLater.has(id)) expect(known.get(id)?.version).toBe(truth.version);
        }
      }
      for (let more = true; more;) {
        const page = server.sync(log.version, messages.length, 3);
        handedOn.push(...log.synced(page));
        more = page.has_more;
      }
      const versions = handedOn.map(({ version }) => version);
      expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
      expect(latest(handedOn)).toEqual(server.stateAt(messages.length));
      expect(log.hasGap).toBe(false);
    }),
    { numRuns: 500 },
  );
});
