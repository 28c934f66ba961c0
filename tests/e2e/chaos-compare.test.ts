import { describe, expect, test } from 'vitest';
import type { DialogId, MessageId } from '#shared/ids.ts';
import { makeSchedule } from '#tests/chaos/faults/schedule.ts';
import { compare, type Stored } from '#tests/chaos/messages/compare.ts';
import type { Ear } from '#tests/chaos/messages/device.ts';
import type { Said } from '#tests/chaos/messages/ledger.ts';

const DIALOG = 'dialog' as DialogId;
const { found: NOTHING } = compare([], new Map(), []);

const stored = (...contents: string[]): Stored[] =>
  contents.map((content, at) => ({ id: `id of ${content}`, seq: at + 1, content }));

/** Acknowledged as the message with this number. */
function said(content: string, seq: number, lane?: string): Said {
  const sent = {
    message_id: `id of ${content}` as MessageId,
    seq,
    version: seq,
    created_at: '2026-01-01T00:00:00.000Z',
  };
  return { dialogId: DIALOG, content, lane, sent, error: undefined };
}

function heard(...told: [version: number, content: string][]): Ear {
  return { device: 'phone', dialogId: DIALOG, heard: told.map(([version, content]) => ({ version, content })) };
}

function counts(all: readonly Said[], history: readonly Stored[], ears: readonly Ear[] = []) {
  const { details, found } = compare(all, new Map([[DIALOG, history]]), ears);
  return { ...found, isExplained: details.length > 0 };
}

describe('the comparison of what was said with what is there finds', () => {
  test('what was acknowledged and is nowhere, or is another message', () => {
    expect(counts([said('a', 1), said('b', 2)], stored('a'))).toEqual({ ...NOTHING, lost: 1, isExplained: true });
    expect(counts([said('a', 7)], stored('a'))).toEqual({ ...NOTHING, lost: 1, isExplained: true });
  });

  test('what is there twice, or was never said', () => {
    expect(counts([said('a', 1)], stored('a', 'a'))).toEqual({ ...NOTHING, duplicated: 1, isExplained: true });
    expect(counts([said('a', 1)], stored('a', 'b'))).toEqual({ ...NOTHING, duplicated: 1, isExplained: true });
  });

  test('what overtook an earlier message of its lane', () => {
    const all = [said('b', 2, 'lane'), said('a', 1, 'lane')];
    expect(counts(all, stored('a', 'b'))).toEqual({ ...NOTHING, reordered: 1, isExplained: true });
  });

  test('a number that the store leaves out', () => {
    const history = stored('a', 'b').map((message, at) => ({ ...message, seq: at === 1 ? 3 : 1 }));
    expect(counts([said('a', 1), said('b', 3)], history)).toEqual({
      ...NOTHING,
      'gaps in the store': 1,
      isExplained: true,
    });
  });

  test('what a device was not told, was told twice or in another order', () => {
    const all = [said('a', 1), said('b', 2)];
    const of = (ear: Ear) => counts(all, stored('a', 'b'), [ear]);
    expect(of(heard([2, 'b']))).toEqual({ ...NOTHING, 'gaps at devices': 1, isExplained: true });
    expect(of(heard([1, 'a'], [1, 'a'], [2, 'b']))).toEqual({ ...NOTHING, reordered: 1, isExplained: true });
    expect(of(heard([2, 'b'], [1, 'a']))).toEqual({ ...NOTHING, reordered: 1, isExplained: true });
    expect(of(heard([1, 'b'], [2, 'b']))).toEqual({ ...NOTHING, reordered: 1, isExplained: true });
  });

  test('what was refused, and what was never answered, whether it is there or not', () => {
    const unanswered = { ...said('a', 1), sent: undefined };
    expect(counts([unanswered], stored('a'))).toEqual({ ...NOTHING, 'unknown in the end': 1, isExplained: true });
    expect(counts([unanswered], [])).toEqual({ ...NOTHING, 'unknown in the end': 1, isExplained: true });
    expect(counts([{ ...unanswered, error: 'FORBIDDEN' }], [])).toEqual({ ...NOTHING, refused: 1, isExplained: true });
  });

  test('nothing where all is well', () => {
    const all = [said('a', 1, 'lane'), said('b', 2, 'lane')];
    expect(counts(all, stored('a', 'b'), [heard([1, 'a'], [2, 'b'])])).toEqual({ ...NOTHING, isExplained: false });
  });
});

test('a seed chooses the same faults each time, and another seed others', () => {
  expect(makeSchedule(1, 20)).toEqual(makeSchedule(1, 20));
  expect(makeSchedule(2, 20)).not.toEqual(makeSchedule(1, 20));
  expect(new Set(makeSchedule(1, 9).map(({ kind }) => kind)).size).toBe(9);
});
