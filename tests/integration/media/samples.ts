import { deflateRawSync, deflateSync } from 'node:zlib';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';

/** A small picture with something on it. */
export function picture(format: 'jpeg' | 'png' | 'webp' | 'gif', side = 64): Promise<Buffer> {
  const create = { width: side, height: side / 2, channels: 3, background: '#2a7' } as const;
  return sharp({ create }).toFormat(format).toBuffer();
}

/** A picture that was taken somewhere, lying on its side. */
export function telling(format: 'jpeg' | 'png' | 'webp', side = 64): Promise<Buffer> {
  const create = { width: side, height: side / 2, channels: 3, background: '#2a7' } as const;
  const exif = {
    IFD0: { Make: 'Canon', Model: 'Secret camera', Copyright: 'Nok' },
    IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '13/1 45/1 0/1', GPSLongitudeRef: 'E', GPSLongitude: '100/1 30/1 0/1' },
  };
  return sharp({ create }).withMetadata({ orientation: 6 }).withExifMerge(exif).toFormat(format).toBuffer();
}

/** A PNG that says it has more pixels than anyone should draw, in a few hundred bytes. */
export function bomb(side = 30_000): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header[8] = 1;
  const rows = deflateSync(Buffer.alloc(1_000));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    pngChunk('IDAT', rows),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** A box of an MP4. */
export function box(type: string, ...inner: Buffer[]): Buffer {
  const body = Buffer.concat(inner);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + body.length);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body]);
}

/** The frame of a film or sound: no picture in it, but all that tells what it is, and where it was taken. */
export function film({ brand = 'isom', tracks = ['vide', 'soun'], place = '' } = {}): Buffer {
  const handler = (kind: string) => box('hdlr', Buffer.from(`\0\0\0\0\0\0\0\0${kind}${'\0'.repeat(13)}`, 'latin1'));
  const told = place === '' ? [] : [box('udta', box('\xa9xyz', Buffer.from(place)))];
  return Buffer.concat([
    box('ftyp', Buffer.from(`${brand}\0\0\x02\0isommp41`, 'latin1')),
    box('moov', ...tracks.map((kind) => box('trak', box('mdia', handler(kind)))), ...told),
    box('mdat', Buffer.alloc(200_000, 7)),
  ]);
}

export const WEBM = Buffer.concat([
  Buffer.from('\x1a\x45\xdf\xa3\x01\0\0\0\0\0\0\x1f\x42\x82\x84webm', 'latin1'),
  Buffer.from('\x18\x53\x80\x67 A_OPUS', 'latin1'),
  Buffer.alloc(1_000),
]);
export const OGG = Buffer.concat([Buffer.from(`OggS${'\0'.repeat(22)}\x01\x13OpusHead`, 'latin1'), Buffer.alloc(300)]);
export const WAV = Buffer.concat([Buffer.from('RIFF\x24\x04\0\0WAVEfmt ', 'latin1'), Buffer.alloc(1_040)]);
/** MPEG-1 layer 3, 128 kbit/s, 44.1 kHz: frames of 417 bytes. */
export const MP3 = Buffer.concat(
  Array.from({ length: 4 }, () => Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0x00]), Buffer.alloc(413)])),
);
/** ADTS frames of 100 bytes. */
export const AAC = Buffer.concat(
  Array.from({ length: 4 }, () => {
    const frame = Buffer.alloc(100);
    Buffer.from([0xff, 0xf1, 0x50, 0x80, 100 >> 3, ((100 & 7) << 5) | 0x1f, 0xfc]).copy(frame);
    return frame;
  }),
);
export const PDF = Buffer.from('%PDF-1.7\n1 0 obj <<>> endobj\n%%EOF\n');

/** A ZIP archive of these files. */
export function zip(files: Readonly<Record<string, string>>, stored: readonly string[] = []): Buffer {
  const locals: Buffer[] = [];
  const entries: Buffer[] = [];
  let at = 0;
  for (const [name, text] of Object.entries(files)) {
    const raw = Buffer.from(text);
    const isStored = stored.includes(name);
    const packed = isStored ? raw : deflateRawSync(raw);
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(isStored ? 0 : 8, 4);
    facts.writeUInt32LE(crc32(raw), 10);
    facts.writeUInt32LE(packed.length, 14);
    facts.writeUInt32LE(raw.length, 18);
    facts.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), facts, Buffer.from(name), packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(at, 10);
    entries.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), facts, tail, Buffer.from(name)]));
    locals.push(local);
    at += local.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...locals, directory, Buffer.from('PK\x05\x06'), end]);
}

export const DOCX = zip({ '[Content_Types].xml': '<Types/>', 'word/document.xml': '<w:document/>' });
export const ODT = zip({ mimetype: 'application/vnd.oasis.opendocument.text', 'content.xml': '<x/>' }, ['mimetype']);
export const OLD_DOC = Buffer.concat([
  Buffer.from('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'latin1'),
  Buffer.alloc(500),
  Buffer.from('WordDocument', 'utf16le'),
  Buffer.alloc(100),
]);

/** What must never be taken, whatever it is said to be. */
export const REFUSED: Readonly<Record<string, Uint8Array>> = {
  'a Windows program': Buffer.concat([Buffer.from('MZ\x90\0\x03\0\0\0', 'latin1'), Buffer.alloc(500)]),
  'a Linux program': Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01', 'latin1'), Buffer.alloc(500)]),
  'a macOS program': Buffer.concat([Buffer.from('cffaedfe', 'hex'), Buffer.alloc(500)]),
  'a web page': Buffer.from('<!DOCTYPE html><html><script>alert(1)</script></html>'),
  'a web page behind a blank line': Buffer.from('\n\n  <html><body onload=alert(1)>'),
  'a web page behind words': Buffer.from('Dear customer, <script>alert(1)</script>'),
  'a drawing that can run': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
  XML: Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'),
  'a shell script': Buffer.from('#!/bin/sh\nrm -rf /\n'),
  'an Android program': zip({ 'AndroidManifest.xml': 'x', 'classes.dex': 'x' }),
  'a Java program': zip({ 'META-INF/MANIFEST.MF': 'Main-Class: X' }),
  'an archive with a program': zip({ 'readme.txt': 'hi', 'setup/Install.EXE': 'x' }),
  'a document with macros': zip({ '[Content_Types].xml': '<x/>', 'word/vbaProject.bin': 'x' }),
  'an archive that is cut off': DOCX.subarray(0, DOCX.length - 30),
  'an old document with macros': Buffer.concat([OLD_DOC, Buffer.from('_VBA_PROJECT', 'utf16le')]),
  'an installer in the shape of an old document': Buffer.concat([OLD_DOC.subarray(0, 500), Buffer.alloc(500)]),
  'a HEIC picture': film({ brand: 'heic', tracks: [] }),
  'a film without tracks': film({ tracks: [] }),
  'a Matroska film': Buffer.from('\x1a\x45\xdf\xa3\x01\0\0\0\0\0\0\x1f\x42\x82\x88matroska V_VP9', 'latin1'),
  'text in Latin-1': Buffer.from('na\xefve', 'latin1'),
  'text with control characters': Buffer.from('one\0two'),
  noise: Buffer.from(Array.from({ length: 997 }, (_, at) => ((at * 73 + 5) % 251) | 0x80)),
};
