import { createHash } from 'node:crypto';
import { Client } from 'pg';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StoredMedia } from '#shared/contracts/media.ts';
import { type MediaWorld, messageKey, openMediaWorld, type Person } from './open-media.ts';
import { DOCX, film, MP3, PDF, picture, telling } from './samples.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const bytesOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer());

/** What no service can do yet. */
async function asOwner(url: string, text: string, values: readonly unknown[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(text, [...values]);
  await client.end();
}

let world: MediaWorld;
let nok: Person;
beforeAll(async () => {
  world = await openMediaWorld();
  nok = await world.person();
});
afterAll(() => world[Symbol.asyncDispose]());

test('an upload is answered with its type, size and digest, and is there to the byte', async () => {
  for (const [bytes, type] of [
    [await picture('png'), 'image/png'],
    [film(), 'video/mp4'],
    [MP3, 'audio/mpeg'],
    [PDF, 'application/pdf'],
    [DOCX, 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
    [Buffer.from('สวัสดี'), 'text/plain'],
  ] as const) {
    const answer = await world.upload(nok, 'message', bytes, { 'content-type': 'application/octet-stream' });
    const stored = (await answer.json()) as StoredMedia;
    const url = `/api/v1/media/${stored.media_id}`;
    expect([answer.status, answer.headers.get('location')]).toEqual([201, url]);
    expect(stored).toEqual({
      media_id: stored.media_id,
      url,
      mime_type: type,
      size: bytes.length,
      sha256: sha256(bytes),
    });
    expect(Buffer.compare(await bytesOf(await world.get(stored.media_id, { as: nok })), bytes)).toBe(0);
  }
});

test('a picture is kept by what it is, even when it is said to be another or sent without a type', async () => {
  const png = await picture('png');
  for (const type of [
    'image/jpeg',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'nonsense',
  ]) {
    expect(await world.stored(nok, 'avatar', png, { 'content-type': type })).toMatchObject({ mime_type: 'image/png' });
  }
});

test('the same Idempotency-Key stores one file, and another file with it is refused', async () => {
  const key = { 'idempotency-key': 'one-file' };
  const first = await world.stored(nok, 'message', Buffer.from('one'), key);
  expect(await world.stored(nok, 'message', Buffer.from('one'), key)).toEqual(first);
  expect((await world.upload(nok, 'message', Buffer.from('two'), key)).status).toBe(422);
  expect((await world.upload(nok, 'avatar', Buffer.from('one'), key)).status).not.toBe(201);
});

describe('who may read', () => {
  test('an avatar and a picture of a product are for everyone, and may be kept by anyone', async () => {
    const png = await picture('png');
    for (const purpose of ['avatar', 'product'] as const) {
      const { media_id: id } = await world.stored(nok, purpose, png);
      for (const as of [undefined, nok, await world.person()]) {
        const answer = await world.get(id, as === undefined ? {} : { as });
        expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'public, max-age=86400, immutable']);
        expect(answer.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
        await answer.arrayBuffer();
      }
    }
  });

  test('what was sent to a dialog is for its members, for as long as they are in it', async () => {
    const [chai, outsider] = [await world.person(), await world.person()];
    const dialogId = await world.group([nok, chai, await world.person()]);
    const { media_id: mediaId } = await world.stored(nok, 'message', await picture('jpeg'));
    const statusFor = async (as: Person) => {
      const answer = await world.get(mediaId, { as });
      await answer.arrayBuffer();
      return answer.status;
    };
    expect(await statusFor(chai)).toBe(404);
    const media = world.verbs();
    expect(await media.attach({ mediaId, ownerId: nok.id, dialogId, messageKey: messageKey(), kind: 'image' })).toBe(
      'attached',
    );
    expect([await statusFor(nok), await statusFor(chai), await statusFor(outsider)]).toEqual([200, 200, 404]);
    const thumb = await world.get(mediaId, { as: chai, query: '?variant=thumb' });
    expect([thumb.status, thumb.headers.get('cache-control')]).toEqual([200, 'private, no-cache']);
    await thumb.arrayBuffer();

    await asOwner(world.db.ownerUrl, 'DELETE FROM messaging.participants WHERE user_id = $1', [chai.id]);
    expect(await statusFor(chai)).toBe(404);
  });

  test('an identity document is for its owner and for ops, and every reading and every try is written down', async () => {
    const [ops, auditor, merchant] = [
      await world.person('ops'),
      await world.person('auditor'),
      await world.person('merchant'),
    ];
    const { media_id: id } = await world.stored(nok, 'kyc', await picture('jpeg'));
    const seen: number[] = [];
    for (const as of [nok, ops, auditor, merchant]) {
      const answer = await world.get(id, { as });
      seen.push(answer.status);
      if (answer.status === 200) expect(answer.headers.get('cache-control')).toBe('private, no-store');
      await answer.arrayBuffer();
    }
    expect(seen).toEqual([200, 200, 404, 404]);
    const known = await world.get(id, { as: ops, headers: { 'if-none-match': '*' } });
    expect(known.status).toBe(304);
    const entry = (actor: Person, role: string, outcome: string) => ({
      actor: actor.id,
      action: 'media.document_read',
      subject: id,
      region: 'TH',
      outcome,
      facts: { role, ownerId: nok.id },
    });
    expect((await audit(id)).filter(({ action }) => action === 'media.document_read')).toEqual([
      entry(nok, 'user', 'ok'),
      entry(ops, 'ops', 'ok'),
      entry(auditor, 'auditor', 'refused'),
      entry(merchant, 'merchant', 'refused'),
      entry(ops, 'ops', 'ok'),
    ]);
  });

  async function audit(subject: string) {
    const query = `SELECT data FROM events.outbox WHERE type = 'audit.recorded' AND aggregate_id = $1 ORDER BY position`;
    const rows = await world.db.database.rows<{ data: { action: string } }>({ name: '', text: query }, [subject]);
    return rows.map(({ data }) => data);
  }
});

describe('how it is sent', () => {
  test('a browser can only show it, and may not run it, guess its type or frame it', async () => {
    const { media_id: id } = await world.stored(nok, 'message', PDF);
    const answer = await world.get(id, { as: nok });
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/pdf',
      'content-length': String(PDF.length),
      'content-disposition': `attachment; filename="${id}.pdf"`,
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cross-origin-resource-policy': 'same-site',
      etag: `"${sha256(PDF)}"`,
    });
    expect(answer.headers.get('accept-ranges')).toBeNull();
    await answer.arrayBuffer();
  });

  test('pictures, films and sounds are for showing, all else is for saving', async () => {
    const disposition = async (bytes: Uint8Array) => {
      const { media_id: id } = await world.stored(nok, 'message', bytes);
      const answer = await world.get(id, { as: nok, method: 'HEAD' });
      return (answer.headers.get('content-disposition') ?? '').replace(id, 'ID');
    };
    expect(await disposition(await picture('webp'))).toBe('inline; filename="ID.webp"');
    expect(await disposition(film())).toBe('inline; filename="ID.mp4"');
    expect(await disposition(MP3)).toBe('inline; filename="ID.mp3"');
    expect(await disposition(DOCX)).toBe('attachment; filename="ID.docx"');
    expect(await disposition(Buffer.from('text'))).toBe('attachment; filename="ID.txt"');
  });

  test('HEAD tells the same and sends nothing', async () => {
    const { media_id: id, size } = await world.stored(nok, 'message', film());
    const answer = await world.get(id, { as: nok, method: 'HEAD' });
    expect([answer.status, answer.headers.get('content-length'), await answer.text()]).toEqual([200, String(size), '']);
  });

  test('whoever has it is not sent it again', async () => {
    const { media_id: id, sha256: digest } = await world.stored(nok, 'message', PDF);
    for (const tag of [`"${digest}"`, `W/"${digest}"`, `"other", "${digest}"`, '*']) {
      const answer = await world.get(id, { as: nok, headers: { 'if-none-match': tag } });
      expect([answer.status, await answer.text(), answer.headers.get('etag')]).toEqual([304, '', `"${digest}"`]);
    }
    const other = await world.get(id, { as: nok, headers: { 'if-none-match': '"other"' } });
    expect(other.status).toBe(200);
    await other.arrayBuffer();
  });

  test('a film can be sought in: any single part of it, sealed or not', async () => {
    const bytes = film();
    const { media_id: id, sha256: digest } = await world.stored(nok, 'message', bytes);
    const part = async (headers: Record<string, string>) => {
      const answer = await world.get(id, { as: nok, headers });
      return [answer.status, answer.headers.get('content-range'), await bytesOf(answer)] as const;
    };
    const size = bytes.length;
    for (const [range, start, end] of [
      ['bytes=0-0', 0, 0],
      ['bytes=65530-65550', 65_530, 65_550],
      ['bytes=131072-', 131_072, size - 1],
      ['bytes=-100', size - 100, size - 1],
    ] as const) {
      const [status, told, got] = await part({ range });
      expect([status, told], range).toEqual([206, `bytes ${start}-${end}/${size}`]);
      expect(Buffer.compare(got, bytes.subarray(start, end + 1)), range).toBe(0);
    }
    expect((await part({ range: 'bytes=0-1', 'if-range': `"${digest}"` }))[0]).toBe(206);
    for (const headers of [{ range: 'bytes=0-1', 'if-range': '"old"' }, { range: 'bytes=0-1,5-6' }]) {
      const [status, told, got] = await part(headers);
      expect([status, told, got.length]).toEqual([200, null, size]);
    }
  });

  test('what is no film or sound is sent whole', async () => {
    const { media_id: id } = await world.stored(nok, 'message', PDF);
    const answer = await world.get(id, { as: nok, headers: { range: 'bytes=0-1' } });
    expect([answer.status, (await bytesOf(answer)).length]).toEqual([200, PDF.length]);
  });
});

describe('pictures', () => {
  test('tell nothing of where they were taken', async () => {
    for (const format of ['jpeg', 'png', 'webp'] as const) {
      const { media_id: id, sha256: digest } = await world.stored(nok, 'avatar', await telling(format));
      const shown = await bytesOf(await world.get(id));
      expect(sha256(shown)).toBe(digest);
      for (const secret of ['GPS', 'Secret camera', 'Canon']) expect(shown.includes(secret)).toBe(false);
    }
  });

  test('have a small still version, upright, with an ETag of its own', async () => {
    for (const format of ['jpeg', 'png', 'webp', 'gif'] as const) {
      const bytes = format === 'jpeg' ? await telling(format, 1_000) : await picture(format, 1_000);
      const { media_id: id, sha256: digest } = await world.stored(nok, 'message', bytes);
      const answer = await world.get(id, { as: nok, query: '?variant=thumb' });
      const thumb = await bytesOf(answer);
      expect([answer.headers.get('content-type'), answer.headers.get('etag')]).toEqual([
        'image/webp',
        `"${sha256(thumb)}"`,
      ]);
      expect(sha256(thumb)).not.toBe(digest);
      const { width, height, pages = 1, exif } = await sharp(thumb).metadata();
      expect([width, height, pages, exif]).toEqual(
        format === 'jpeg' ? [160, 320, 1, undefined] : [320, 160, 1, undefined],
      );
    }
  });

  test('that are small already are not blown up', async () => {
    const { media_id: id } = await world.stored(nok, 'message', await picture('png', 20));
    const thumb = await bytesOf(await world.get(id, { as: nok, query: '?variant=thumb' }));
    expect(await sharp(thumb).metadata()).toMatchObject({ width: 20, height: 10 });
  });
});

test('an avatar can be shown in a profile by the URL that the upload answered', async () => {
  const { url } = await world.stored(nok, 'avatar', await picture('png'));
  const answer = await world.call(nok, 'PUT', '/users/profile', { avatar_url: url });
  expect(answer).toMatchObject({ status: 200, body: { profile: { avatar_url: url } } });
});
