import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import type { Letter } from './letters.ts';
import { letterPage, letterTable } from './letter-table.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const LETTER: Letter = {
  consumer_group: 'workflow-driver',
  event_id: '0198a5f0-0000-7000-8000-000000000001',
  type: 'commerce.order_placed',
  version: 1,
  aggregate_id: 'order-1',
  data: { order_id: 'order-1' },
  occurred_at: new Date('2026-03-01T11:00:00Z'),
  reason: `it\nbroke ${'x'.repeat(100)}`,
  attempts: 5,
  failed_at: new Date('2026-03-01T11:30:00Z'),
  status: 'waiting',
  asked_by: null,
  asked_at: null,
  settled_by: null,
  settled_at: null,
  discard_reason: null,
};

test('a letter is one line, however its reason is written', () => {
  const [heading, line, ...more] = letterTable([LETTER], NOW, false).split('\n');
  expect(more).toEqual([]);
  expect(heading).toMatch(/^GROUP +EVENT +TYPE/);
  expect(line).toContain('30 min ago');
  expect(line).toMatch(/it broke x+…$/);
});

test('colours change nothing but the colour', () => {
  const plain = letterTable([LETTER], NOW, false);
  const coloured = letterTable([LETTER], NOW, true);
  expect(coloured).not.toBe(plain);
  expect(stripVTControlCharacters(coloured)).toBe(plain);
});

test('the page of a letter has its whole reason, its data, and who decided why', () => {
  const settled = { settled_by: 'operator:ann', settled_at: NOW, discard_reason: 'a test order' };
  const page = letterPage({ ...LETTER, status: 'discarded', ...settled }, false);
  expect(page).toContain(LETTER.reason);
  expect(page).toContain('"order_id": "order-1"');
  expect(page).toContain('operator:ann');
  expect(page).toContain('a test order');
});
