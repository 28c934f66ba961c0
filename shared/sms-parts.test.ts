import { expect, test } from 'vitest';
import { notInGsm7, smsParts } from './sms-parts.ts';

test.each([
  ['a'.repeat(160), 'GSM-7', 160, 1],
  ['a'.repeat(161), 'GSM-7', 161, 2],
  ['a'.repeat(306), 'GSM-7', 306, 2],
  ['a'.repeat(307), 'GSM-7', 307, 3],
  // The extension takes an escape each.
  [`${'a'.repeat(159)}€`, 'GSM-7', 161, 2],
  ['@host #123456 _£Δ', 'GSM-7', 17, 1],
  ['€'.repeat(80), 'GSM-7', 160, 1],
  // An escape is never torn from what it escapes: a part of 153 holds 76 of them, and a septet stays empty.
  ['€'.repeat(153), 'GSM-7', 306, 3],
  // One character outside makes all of it UCS-2.
  [`${'a'.repeat(69)}ร`, 'UCS-2', 70, 1],
  [`${'a'.repeat(70)}ร`, 'UCS-2', 71, 2],
  ['ร'.repeat(134), 'UCS-2', 134, 2],
  ['ร'.repeat(135), 'UCS-2', 135, 3],
  // Beyond the basic plane a character is two units, which are never torn: 33 of them in a part of 67.
  ['😀'.repeat(35), 'UCS-2', 70, 1],
  ['😀'.repeat(66), 'UCS-2', 132, 2],
  ['😀'.repeat(67), 'UCS-2', 134, 3],
  ['đ', 'UCS-2', 1, 1],
  ['', 'GSM-7', 0, 1],
])('%j travels as %s in %i units and %i parts', (text, encoding, units, parts) => {
  expect(smsParts(text)).toEqual({ encoding, units, parts });
});

test('the characters that make a text UCS-2 are named, each once', () => {
  expect(notInGsm7('“Xin chào”, {bạn} – “chào”')).toEqual(['“', '”', 'ạ', '–']);
  expect(notInGsm7('Plain {text} for 5 €')).toEqual([]);
});
