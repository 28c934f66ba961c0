import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AnswerWatch } from './answer-watch.ts';

const AWAY = { code: 'UPSTREAM_UNAVAILABLE', message: 'The database does not answer' };
const never = () => new Promise<never>(() => undefined);
const nothingHeard = () => false;

/** What each probe comes to, in the order in which they are made. */
let probes: (() => Promise<boolean>)[];
let probed: number;
let watch: AnswerWatch;
beforeEach(() => {
  vi.useFakeTimers();
  probes = [];
  probed = 0;
  watch = new AnswerWatch(() => probes[probed++]!());
});
afterEach(() => {
  watch.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

/** How a question has ended so far. */
function outcomeOf(question: Promise<unknown>): { now: string } {
  const outcome = { now: 'waiting' };
  question.then(
    (answer) => (outcome.now = `answered ${String(answer)}`),
    (error: { code?: string }) => (outcome.now = error.code ?? 'failed'),
  );
  return outcome;
}

test('what waits for a silent server is given up after three seconds, and what comes then is refused at once', async () => {
  probes = [never];
  const one = outcomeOf(watch.ask(never, nothingHeard));
  await vi.advanceTimersByTimeAsync(1_000);
  const other = outcomeOf(watch.ask(never, nothingHeard));
  await vi.advanceTimersByTimeAsync(1_900);
  expect([one.now, other.now, probed]).toEqual(['waiting', 'waiting', 1]);
  await vi.advanceTimersByTimeAsync(350);
  expect([one.now, other.now]).toEqual(['UPSTREAM_UNAVAILABLE', 'UPSTREAM_UNAVAILABLE']);
  await expect(watch.ask(() => Promise.resolve('never asked'), nothingHeard)).rejects.toMatchObject(AWAY);
  expect(() => watch.refuseWhileSilent()).toThrow(expect.objectContaining(AWAY));
});

test('a server that a probe cannot reach is silent, and is asked again until a probe is answered', async () => {
  probes = [() => Promise.resolve(false), () => Promise.resolve(false), () => Promise.resolve(true)];
  const given = outcomeOf(watch.ask(never, nothingHeard));
  await vi.advanceTimersByTimeAsync(1_600);
  expect(given.now).toBe('UPSTREAM_UNAVAILABLE');
  expect(() => watch.refuseWhileSilent()).toThrow();
  await vi.advanceTimersByTimeAsync(500);
  expect(probed).toBe(3);
  expect(await watch.ask(() => Promise.resolve('there'), nothingHeard)).toBe('there');
});

test('a late answer to a probe ends the silence', async () => {
  let wake: (isThere: boolean) => void = () => undefined;
  probes = [() => new Promise((resolve) => (wake = resolve))];
  const given = outcomeOf(watch.ask(never, nothingHeard));
  await vi.advanceTimersByTimeAsync(3_500);
  expect(given.now).toBe('UPSTREAM_UNAVAILABLE');
  wake(true);
  await vi.advanceTimersByTimeAsync(0);
  expect(await watch.ask(() => Promise.resolve('awake'), nothingHeard)).toBe('awake');
});

test('a question that takes long is waited for as long as probes are answered', async () => {
  probes = Array.from({ length: 10 }, () => () => Promise.resolve(true));
  let answer: (text: string) => void = () => undefined;
  const long = outcomeOf(watch.ask(() => new Promise<string>((resolve) => (answer = resolve)), nothingHeard));
  await vi.advanceTimersByTimeAsync(9_900);
  expect(long.now).toBe('waiting');
  expect(probed).toBeGreaterThan(4);
  answer('at last');
  await vi.advanceTimersByTimeAsync(0);
  expect(long.now).toBe('answered at last');
});

test('a server is not probed while it answers something, be it with a refusal', async () => {
  const long = outcomeOf(watch.ask(never, nothingHeard));
  for (let second = 0; second < 5; second += 1) {
    await vi.advanceTimersByTimeAsync(1_000);
    const heard = second % 2 === 0;
    const short = heard ? Promise.resolve('short') : Promise.reject(new Error('refused by the server'));
    await watch
      .ask(
        () => short,
        () => true,
      )
      .catch(() => undefined);
  }
  expect([long.now, probed]).toEqual(['waiting', 0]);
});

test('a server that is asked nothing is not probed', async () => {
  await watch.ask(() => Promise.resolve('once'), nothingHeard);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(probed).toBe(0);
});

test('an answer to something else while a probe is under way means that the server is there', async () => {
  probes = [never, never];
  const long = outcomeOf(watch.ask(never, nothingHeard));
  await vi.advanceTimersByTimeAsync(2_000);
  expect(probed).toBe(1);
  await watch.ask(() => Promise.resolve('short'), nothingHeard);
  await vi.advanceTimersByTimeAsync(1_400);
  expect(long.now).toBe('waiting');
  expect(() => watch.refuseWhileSilent()).not.toThrow();
});
