import { expect, test } from 'vitest';
import { SECOND } from '#shared/time.ts';
import { makeHostGate } from './host-gate.ts';

/** A gate at which nobody waits, with a clock that stands still and calls that answer when they are told to. */
function openGate(waitMs = 0) {
  let at = 0;
  const gate = makeHostGate(() => at, waitMs);
  const began: string[] = [];
  const calls: PromiseWithResolvers<string>[] = [];
  return {
    began,
    calls,
    pass: (ms: number) => void (at += ms),
    call: (host: string) =>
      gate.through(host, () => {
        began.push(host);
        const call = Promise.withResolvers<string>();
        calls.push(call);
        return call.promise;
      }),
    /** One call that is answered after so long. */
    answered: (host: string, afterMs: number) =>
      gate.through(host, async () => {
        at += afterMs;
        return 'ok';
      }),
  };
}

test('hosts that have shown nothing yet get few calls at a time, however many hosts they are', async () => {
  const gate = openGate();
  void gate.call('a.slow');
  void gate.call('a.slow');
  expect(await gate.call('a.slow')).toBeUndefined();
  void gate.call('b.slow');
  void gate.call('c.slow');
  expect(await gate.call('d.slow')).toBeUndefined();
  expect(gate.began).toEqual(['a.slow', 'a.slow', 'b.slow', 'c.slow']);
});

test('a host that answers soon is called beside as many slow ones as there are', async () => {
  const gate = openGate();
  expect(await gate.answered('quick', 50)).toBe('ok');
  for (const host of ['a', 'b', 'c', 'd']) void gate.call(host);
  for (let nth = 0; nth < 12; nth++) void gate.call('quick');
  await Promise.resolve();
  expect(gate.began.filter((host) => host === 'quick')).toHaveLength(12);
  expect(await gate.call('quick')).toBeUndefined();
});

test('a host that was late three times in a row is left alone, and tried again after a while', async () => {
  const gate = openGate();
  for (let nth = 0; nth < 3; nth++) expect(await gate.answered('late', 8 * SECOND)).toBe('ok');
  expect(await gate.answered('late', 0)).toBeUndefined();
  gate.pass(31 * SECOND);
  expect(await gate.answered('late', 50)).toBe('ok');
  expect(await gate.answered('late', 50)).toBe('ok');
});

test('one late answer among many does not keep a host from being called', async () => {
  const gate = openGate();
  for (const ms of [50, 8_000, 50, 8_000, 50, 8_000, 50]) expect(await gate.answered('busy', ms)).toBe('ok');
});

test('a call that fails gives its place back to one that waits', async () => {
  const gate = openGate(60 * SECOND);
  const failing = gate.call('host');
  void gate.call('host');
  const waiting = gate.call('host');
  await Promise.resolve();
  expect(gate.began).toHaveLength(2);
  gate.calls[0]!.reject(new Error('no answer'));
  await expect(failing).rejects.toThrow('no answer');
  await expect.poll(() => gate.began).toHaveLength(3);
  gate.calls[2]!.resolve('ok');
  expect(await waiting).toBe('ok');
});
