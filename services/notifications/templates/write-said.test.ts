import { expect, test } from 'vitest';
import { FRAME } from './frame.ts';
import type { Said } from './kept.ts';
import { writeSaid } from './write-said.ts';

/** As a version of a time when there were two languages. */
const EARLIER: Said = {
  channel: 'account',
  variables: {},
  texts: {
    en: { title: 'Back', body: 'You are back.', sms: 'Tchat: you are back.' },
    th: { title: 'กลับมา', body: 'คุณกลับมาแล้ว', sms: 'Tchat: คุณกลับมาแล้ว' },
  },
};
const FRAMES = { en: FRAME.en };

const write = (locale: string, country?: 'TH' | 'VN', way: 'push' | 'email' = 'push') =>
  writeSaid(EARLIER, FRAMES, { way, locale, country, zone: 'UTC', variables: {} });

test.each([
  ['th', undefined, 'th'],
  // Whose language came later reads English, wherever they are.
  ['fil', undefined, 'en'],
  ['ms', 'TH', 'en'],
  // A language that we do not speak is not told from none.
  ['ja', 'TH', 'th'],
  ['ja', 'VN', 'en'],
] as const)('who reads %s in %s is written to in %s', (locale, country, used) => {
  expect(write(locale, country).locale).toBe(used);
});

test('a frame that lacks the language stands there in English', () => {
  expect(write('th', undefined, 'email').text).toBe(
    [FRAME.en.greeting, 'คุณกลับมาแล้ว', FRAME.en.closing, `-- \n${FRAME.en.automatic}`].join('\n\n'),
  );
});

test('a way that it does not take is refused', () => {
  const onlyMail = { ...EARLIER, ways: ['email'] as const };
  expect(() => writeSaid(onlyMail, FRAMES, { way: 'sms', locale: 'en', zone: 'UTC', variables: {} })).toThrow(
    expect.objectContaining({ code: 'VALIDATION_ERROR', details: [{ path: 'way', message: expect.any(String) }] }),
  );
});
