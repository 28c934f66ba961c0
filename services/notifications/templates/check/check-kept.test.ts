import { expect, test } from 'vitest';
import { keepGroup } from '../keep.ts';
import type { KeptGroup } from '../kept.ts';
import type { Template, Texts } from '../template.ts';
import { digestOf } from '../digest.ts';
import { checkKept } from './check-kept.ts';
import { faultText } from './fault.ts';

const frame = {
  greeting: 'Hello,',
  closing: 'Us',
  automatic: 'By itself.',
  choices: 'You choose.',
  unsubscribe: 'No more',
};
const FRAME = { en: frame };
const NOTHING: KeptGroup = { versions: {}, said: {} };

function saying(title: string): Template {
  const texts: Texts = { title, body: 'x', sms: 'Tchat: x' };
  return {
    channel: 'account',
    variables: {},
    texts: { en: texts, th: texts, id: texts, ms: texts, fil: texts, vi: texts },
  };
}

const kept = keepGroup(NOTHING, { 'a.b': saying('one') }, FRAME);
const frames = { [digestOf(FRAME)]: FRAME };

const faults = (group: KeptGroup, template: Template, framed: object = FRAME) =>
  checkKept({ 'a.b': template }, framed, { groups: { a: group }, frames }).map(faultText);

test('a text that was kept as it is has no fault, however its fields are ordered', () => {
  const { texts, variables, channel } = saying('one');
  expect(faults(kept, { texts, variables, channel })).toEqual([]);
});

test('a text that was never kept is named', () => {
  expect(faults(NOTHING, saying('one'))).toEqual(['a.b: is not kept yet; run: npm run templates -- keep']);
});

test('a text that was changed without a new version is named', () => {
  expect(faults(kept, saying('two'))).toEqual([
    'a.b: was changed without a new version; run: npm run templates -- keep',
  ]);
});

test('so is one whose frame was changed', () => {
  expect(faults(kept, saying('one'), { en: { ...frame, greeting: 'Hi,' } })).toEqual([
    'a.b: stands in another frame of e-mail than its version; run: npm run templates -- keep',
  ]);
});

test('keeping makes the next version, leaves the ones before as they were, and keeps nothing twice', () => {
  const next = keepGroup(kept, { 'a.b': saying('two') }, FRAME);
  expect(Object.keys(next.versions['a.b']!)).toEqual(['1', '2']);
  expect(next.versions['a.b']![1]).toEqual(kept.versions['a.b']![1]);
  expect(next.said).toMatchObject(kept.said);
  expect(faults(next, saying('two'))).toEqual([]);
  expect(keepGroup(next, { 'a.b': saying('two') }, FRAME)).toEqual(next);
  const back = keepGroup(next, { 'a.b': saying('one') }, FRAME);
  expect(back.versions['a.b']![3]).toEqual(kept.versions['a.b']![1]);
});

test('what was kept and then changed, or taken away, is found', () => {
  const [digest, said] = Object.entries(kept.said)[0]!;
  const changed = { ...kept, said: { [digest]: { ...said, channel: 'security' as const } } };
  expect(faults(changed, saying('one'))).toEqual([`kept · ${digest}: was changed; what was kept stays as it was said`]);
  expect(faults({ ...kept, said: {} }, saying('one'))).toEqual(['a.b: lacks what version 1 said']);
  const { 1: first } = kept.versions['a.b']!;
  expect(faults({ ...kept, versions: { 'a.b': { 2: first! } } }, saying('one'))).toContain('a.b: lacks version 1');
});
