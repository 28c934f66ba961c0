import { expect, test } from 'vitest';
import { packFrame, textFrame, unpackFrame } from './frames.ts';

const ours = Buffer.from('01234567');
const theirs = Buffer.from('76543210');
const none = new Set<string>();

test('what a node published itself is not taken again', () => {
  const packed = packFrame(ours, { frame: textFrame(['event', {}]), except: none, droppable: false });
  expect(unpackFrame(ours, packed)).toBeUndefined();
});

test('what is no event frame is not taken', () => {
  for (const bytes of ['', '{"type":3}', '\u0001', '\u0001short']) {
    expect(unpackFrame(ours, Buffer.from(bytes))).toBeUndefined();
  }
});

test('what JSON cannot say is refused before anything is sent', () => {
  expect(() => textFrame(['event', { amount: 1n }])).toThrow(TypeError);
});

test('a frame arrives as it was packed, with those who are left out', () => {
  const frame = textFrame(['typing', { user_id: 'ณัฐ' }]);
  const except = new Set(['a'.repeat(20), 'b_-'.padEnd(20, '9')]);
  const arrived = unpackFrame(ours, packFrame(theirs, { frame, except, droppable: true }));
  expect(arrived).toEqual({ frame, except, droppable: true });
});

/** Reads one unmasked, final text frame as RFC 6455, 5.2 lays it out. */
function textOf(frame: Buffer): string {
  expect(frame[0]).toBe(0x81);
  const short = frame.readUInt8(1);
  const [at, length] =
    short < 126 ? [2, short] : short === 126 ? [4, frame.readUInt16BE(2)] : [10, Number(frame.readBigUInt64BE(2))];
  expect(frame.length).toBe(at + length);
  return frame.toString('utf8', at);
}

// Around each of the places where the length takes more bytes: the text has six more than these, two of them "42".
test.each([0, 1, 119, 120, 121, 122, 200, 65_528, 65_529, 65_530, 70_000])(
  'an event with %i bytes of text is one text frame',
  (bytes) => {
    const data = ['x'.repeat(bytes)];
    expect(textOf(textFrame(data))).toBe(`42${JSON.stringify(data)}`);
  },
);
