import { isUtf8 } from 'node:buffer';
import type { MediaType } from '#shared/contracts/media.ts';
import { oldOfficeType, zipType } from './archives.ts';
import { asBuffer, hasAt } from './bytes.ts';
import { isoMediaType } from './iso-media.ts';
import { soundType, webmType } from './sounds.ts';

/**
 * The type of a file, found by its content alone: what a client or a name says of it decides nothing.
 * Undefined for whatever is not on the list, such as programs, web pages and SVG, which could run where they are shown.
 */
export function sniff(bytes: Uint8Array): MediaType | undefined {
  return (
    pictureType(bytes) ??
    isoMediaType(bytes) ??
    webmType(bytes) ??
    (hasAt(bytes, 0, '%PDF-') ? 'application/pdf' : undefined) ??
    zipType(bytes) ??
    oldOfficeType(bytes) ??
    // Before sounds, whose frames have no bytes that text has, and after all that begins with a word.
    (isPlainText(bytes) ? 'text/plain' : undefined) ??
    soundType(bytes)
  );
}

function pictureType(bytes: Uint8Array): MediaType | undefined {
  if (hasAt(bytes, 0, '\xff\xd8\xff')) return 'image/jpeg';
  if (hasAt(bytes, 0, '\x89PNG\r\n\x1a\n')) return 'image/png';
  if (hasAt(bytes, 0, 'GIF87a') || hasAt(bytes, 0, 'GIF89a')) return 'image/gif';
  return hasAt(bytes, 0, 'RIFF') && hasAt(bytes, 8, 'WEBP') ? 'image/webp' : undefined;
}

/** Control characters that text has: tab, line feed, form feed, carriage return. It has no others. */
const SPACING = new Set([0x09, 0x0a, 0x0c, 0x0d]);
const DELETE = 0x7f;
/** Markup that a browser would take for a page, had it to guess (WHATWG MIME sniffing), and scripts for a shell. */
const MARKUP_FIRST = /^\uFEFF?\s*(<|#!)/;
const MARKUP_WITHIN = /<(!doctype|html|head|body|script|iframe|svg|object|embed)\b/i;
/** As far as a browser would look. */
const GUESSED_WITHIN = 4 * 1024;

function isPlainText(bytes: Uint8Array): boolean {
  if (!isUtf8(bytes)) return false;
  const text = asBuffer(bytes).toString('utf8');
  return !hasControls(bytes) && !MARKUP_FIRST.test(text) && !MARKUP_WITHIN.test(text.slice(0, GUESSED_WITHIN));
}

function hasControls(bytes: Uint8Array): boolean {
  for (const byte of bytes) {
    if ((byte < 0x20 && !SPACING.has(byte)) || byte === DELETE) return true;
  }
  return false;
}
