import { expect, test } from 'vitest';
import { PublicUrl } from './public-url.ts';

const MEDIA = '/api/v1/media/0198c0de-0000-7000-8000-000000000000';

test.each([
  'http://example.com/me.png',
  'ftp://example.com/me.png',
  'javascript:alert(1)',
  'data:image/png;base64,AAAA',
  'not a url',
  '',
  '//example.com/me.png',
  'https://user:secret@example.com/me.png',
  'https://localhost/me.png',
  'https://intranet/me.png',
  'https://wiki.intranet/me.png',
  'https://printer.local/me.png',
  'https://router.home.arpa/me.png',
  'https://hidden.onion/me.png',
  'https://example.com./me.png',
  'https://127.0.0.1/me.png',
  'https://2130706433/me.png',
  'https://0x7f.1/me.png',
  'https://10.1.2.3/me.png',
  'https://169.254.169.254/latest/meta-data',
  'https://93.184.215.14/me.png',
  'https://[::1]/me.png',
  'https://[::ffff:10.0.0.1]/me.png',
  'https://[2606:2800:21f::1]/me.png',
  `${MEDIA}/../secret`,
  `${MEDIA}?variant=thumb`,
  '/api/v1/dialogs',
  `https://example.com/${'x'.repeat(2048)}`,
  `https://example.com/${'รูป'.repeat(300)}`,
])('%s is refused', (text) => {
  expect(PublicUrl.safeParse(text).success).toBe(false);
});

test.each([
  ['https://example.com/me.png', 'https://example.com/me.png'],
  ['https://EXAMPLE.com:8443/a b', 'https://example.com:8443/a%20b'],
  ['https://example.com/a\u0000\nb', 'https://example.com/a%00b'],
  ['https://ตัวอย่าง.ไทย/รูป.png', 'https://xn--72c1a1bt4awk9o.xn--o3cw4h/%E0%B8%A3%E0%B8%B9%E0%B8%9B.png'],
  [MEDIA, MEDIA],
])('%j is taken as %s', (text, url) => {
  expect(PublicUrl.parse(text)).toBe(url);
});
