import { describe, expect, test } from 'vitest';
import type { MediaType } from '#shared/contracts/media.ts';
import {
  AAC,
  DOCX,
  film,
  MP3,
  ODT,
  OGG,
  OLD_DOC,
  PDF,
  picture,
  REFUSED,
  WAV,
  WEBM,
  zip,
} from '#tests/integration/media/samples.ts';
import { sniff } from './sniff.ts';

describe('what is not on the list is nothing', () => {
  test.each(Object.entries(REFUSED))('%s', (_, bytes) => {
    expect(sniff(bytes)).toBeUndefined();
  });

  test('and so is the beginning of anything, cut at any place', () => {
    for (const whole of [film(), WEBM, OGG, MP3, AAC, DOCX, OLD_DOC]) {
      for (let size = 0; size < 40; size++) expect(() => sniff(whole.subarray(0, size))).not.toThrow();
    }
  });
});

const ID3 = Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\x01\x00', 'latin1'), Buffer.alloc(128)]);
const sheet = (folder: string) => zip({ '[Content_Types].xml': '<x/>', [`${folder}/main.xml`]: '<x/>' });

const FOUND: readonly (readonly [string, Uint8Array, MediaType])[] = [
  ['a film', film(), 'video/mp4'],
  ['a film of a phone by Apple', film({ brand: 'qt  ' }), 'video/quicktime'],
  ['a film without sound', film({ tracks: ['vide'] }), 'video/mp4'],
  ['a voice message under the brand of films', film({ brand: 'mp42', tracks: ['soun'] }), 'audio/mp4'],
  ['an M4A', film({ brand: 'M4A ', tracks: ['soun'] }), 'audio/mp4'],
  ['a voice message of a browser', WEBM, 'audio/webm'],
  ['a film of a browser', Buffer.from(WEBM.toString('latin1').replace('A_OPUS', 'V_VP9 '), 'latin1'), 'video/webm'],
  ['Opus in Ogg', OGG, 'audio/ogg'],
  ['WAV', WAV, 'audio/wav'],
  ['MP3', MP3, 'audio/mpeg'],
  ['MP3 behind a tag', Buffer.concat([ID3, MP3]), 'audio/mpeg'],
  ['AAC', AAC, 'audio/aac'],
  ['PDF', PDF, 'application/pdf'],
  ['an archive', zip({ 'one.txt': '1', 'two/three.jpg': '2' }), 'application/zip'],
  ['an empty archive', zip({ 'empty/': '' }), 'application/zip'],
  ['a text document', DOCX, 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['a spreadsheet', sheet('xl'), 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  ['a presentation', sheet('ppt'), 'application/vnd.openxmlformats-officedocument.presentationml.presentation'],
  ['an OpenDocument', ODT, 'application/vnd.oasis.opendocument.text'],
  ['an old text document', OLD_DOC, 'application/msword'],
  ['text', Buffer.from('สวัสดี\r\n\tchào\f'), 'text/plain'],
  ['text behind a mark of its byte order', Buffer.from('\uFEFFone'), 'text/plain'],
  ['text with arrows', Buffer.from('a < b, c <- d, "<3"'), 'text/plain'],
  ['a list of contacts', Buffer.from('BEGIN:VCARD\r\nFN:Nok\r\nEND:VCARD\r\n'), 'text/plain'],
];

test.each(FOUND)('%s is found by its content', (_, bytes, type) => {
  expect(sniff(bytes)).toBe(type);
});

test('pictures are found by their content', async () => {
  for (const format of ['jpeg', 'png', 'webp', 'gif'] as const) {
    expect(sniff(await picture(format))).toBe(`image/${format}`);
  }
});
