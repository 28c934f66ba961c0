import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import type { CaseId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { KEY_BYTES, open, seal, type Submission } from './sealed-submission.ts';

const submission: Submission = {
  name: 'Somchai Jaidee',
  dateOfBirth: '1990-05-17',
  documents: [{ type: 'national_id', number: '3100600445635', country: 'TH' }],
};
const key = randomBytes(KEY_BYTES);
const place = { caseId: newId<CaseId>('TH'), round: 1 };

test('a submission that was changed, cut short, or moved to another case or round does not open', () => {
  const sealed = seal(key, place, submission);
  for (const at of [0, 12, sealed.length - 1]) {
    const changed = Buffer.from(sealed);
    changed[at]! ^= 1;
    expect(() => open(key, place, changed)).toThrow();
  }
  expect(() => open(key, place, sealed.subarray(0, 20))).toThrow('too short');
  expect(() => open(key, { ...place, round: 2 }, sealed)).toThrow();
  expect(() => open(key, { ...place, caseId: newId<CaseId>('TH') }, sealed)).toThrow();
  expect(() => open(randomBytes(KEY_BYTES), place, sealed)).toThrow();
});

test('a submission rests sealed, differently each time, and opens as it was', () => {
  const [one, other] = [seal(key, place, submission), seal(key, place, submission)];
  expect(one.equals(other)).toBe(false);
  for (const word of ['Somchai', '1990', '3100600445635', 'national_id']) expect(one.includes(word)).toBe(false);
  expect(open(key, place, one)).toEqual(submission);
});
