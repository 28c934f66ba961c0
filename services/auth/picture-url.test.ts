import { expect, test } from 'vitest';
import { pictureUrl } from './picture-url.ts';

const PUBLIC_URL = 'https://api.tchat.example';
const MEDIA = '/api/v1/media/0198c0de-0000-7000-8000-000000000000';

test.each([
  'http://example.com/me.png',
  'ftp://example.com/me.png',
  'javascript:alert(1)',
  'data:image/png;base64,AAAA',
  'not a url',
  '//example.com/me.png',
  'https://user:secret@example.com/me.png',
  'https://localhost/me.png',
  'https://intranet/me.png',
  'https://printer.local/me.png',
  'https://127.0.0.1/me.png',
  'https://2130706433/me.png',
  'https://0x7f.1/me.png',
  'https://10.1.2.3/me.png',
  'https://172.31.0.1/me.png',
  'https://192.168.1.1/me.png',
  'https://169.254.169.254/latest/meta-data',
  'https://100.64.0.1/me.png',
  'https://[::1]/me.png',
  'https://[::ffff:10.0.0.1]/me.png',
  'https://[64:ff9b::a00:1]/me.png',
  'https://[fe80::1]/me.png',
  'https://[fd00::1]/me.png',
  'https://[2002:a00:1::]/me.png',
  `${PUBLIC_URL}/api/v1/dialogs`,
])('%s is refused', (text) => {
  expect(pictureUrl(text, PUBLIC_URL)).toBeUndefined();
});

test.each([
  ['https://example.com/me.png', 'https://example.com/me.png'],
  ['https://EXAMPLE.com:8443/a b', 'https://example.com:8443/a%20b'],
  ['https://93.184.215.14/me.png', 'https://93.184.215.14/me.png'],
  ['https://[2606:2800:21f::1]/me.png', 'https://[2606:2800:21f::1]/me.png'],
  [PUBLIC_URL + MEDIA, PUBLIC_URL + MEDIA],
  [MEDIA, MEDIA],
])('%s is taken as %s', (text, url) => {
  expect(pictureUrl(text, PUBLIC_URL)).toBe(url);
});
