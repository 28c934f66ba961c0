import type { MediaType } from '#shared/contracts/media.ts';
import { asBuffer, hasAt } from './bytes.ts';

const END_RECORD_BYTES = 22;
/** The end record may have a comment of this size behind it. */
const COMMENT_BYTES_MAX = 0xffff;
const ENTRY_BYTES = 46;
/** Entries that are read of an archive; one with more is not taken. */
const ENTRIES_MAX = 65_535;

/** The names in a ZIP archive, from its central directory (APPNOTE 4.3); undefined when it has none that can be read. */
export function namesInZip(bytes: Uint8Array): string[] | undefined {
  const buffer = asBuffer(bytes);
  const from = Math.max(0, bytes.length - END_RECORD_BYTES - COMMENT_BYTES_MAX);
  const end = buffer.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  if (end < from || end + END_RECORD_BYTES > bytes.length) return undefined;
  const count = buffer.readUInt16LE(end + 10);
  let at = buffer.readUInt32LE(end + 16);
  const names: string[] = [];
  while (names.length < Math.min(count, ENTRIES_MAX)) {
    if (at + ENTRY_BYTES > end || !hasAt(bytes, at, 'PK\x01\x02')) return undefined;
    const [name, extra, comment] = [28, 30, 32].map((field) => buffer.readUInt16LE(at + field)) as [
      number,
      number,
      number,
    ];
    names.push(buffer.toString('utf8', at + ENTRY_BYTES, at + ENTRY_BYTES + name));
    at += ENTRY_BYTES + name + extra + comment;
  }
  return names;
}

/** Programs in the shape of archives: Android, Java; and documents that carry macros. */
const PROGRAM_PARTS = /^(AndroidManifest\.xml|classes\.dex|META-INF\/MANIFEST\.MF)$|(^|\/)vbaProject\.bin$/i;
/** Files that a system runs when someone opens them. */
const PROGRAM_FILES = /\.(exe|msi|dll|scr|com|bat|cmd|ps1|vbs|js|jse|wsf|hta|jar|apk|lnk|app|dmg|pkg|sh)$/i;

const OFFICE = {
  'word/': 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'xl/': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'ppt/': 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
} as const satisfies Record<string, MediaType>;

const OPEN_DOCUMENT = /^mimetype(application\/vnd\.oasis\.opendocument\.(?:text|spreadsheet|presentation))/;

/** What a ZIP archive is; undefined for a program in its shape, or what cannot be looked into. */
export function zipType(bytes: Uint8Array): MediaType | undefined {
  if (!hasAt(bytes, 0, 'PK\x03\x04')) return undefined;
  const names = namesInZip(bytes);
  if (names === undefined || names.some((name) => PROGRAM_PARTS.test(name) || PROGRAM_FILES.test(name))) {
    return undefined;
  }
  // An OpenDocument has its type as its first entry, stored as it is.
  const openDocument = OPEN_DOCUMENT.exec(asBuffer(bytes).toString('latin1', 30, 110))?.[1];
  if (openDocument !== undefined) return openDocument as MediaType;
  if (!names.includes('[Content_Types].xml')) return 'application/zip';
  const part = Object.entries(OFFICE).find(([folder]) => names.some((name) => name.startsWith(folder)));
  return part?.[1];
}

const OLD_OFFICE: readonly (readonly [string, MediaType])[] = [
  ['WordDocument', 'application/msword'],
  ['Workbook', 'application/vnd.ms-excel'],
  ['PowerPoint Document', 'application/vnd.ms-powerpoint'],
];

/** What a document of Office before 2007 is, by the name of its main stream (MS-CFB). Installers have the same shape. */
export function oldOfficeType(bytes: Uint8Array): MediaType | undefined {
  if (!hasAt(bytes, 0, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')) return undefined;
  const buffer = asBuffer(bytes);
  if (buffer.includes('_VBA_PROJECT', undefined, 'utf16le')) return undefined;
  return OLD_OFFICE.find(([stream]) => buffer.includes(stream, undefined, 'utf16le'))?.[1];
}
