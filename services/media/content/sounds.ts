import type { MediaType } from '#shared/contracts/media.ts';
import { asBuffer, hasAt } from './bytes.ts';

/** Frames in a row that make a stream of MPEG audio; the sync word alone is found in any noise. */
const FRAMES_MIN = 3;

const MPEG1_LAYER3_KBITS = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0];
const MPEG2_LAYER3_KBITS = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0];
const MPEG1_RATES = [44_100, 48_000, 32_000, 0];

/** Bytes of the MP3 frame at this place (ISO/IEC 11172-3 and 13818-3), or 0 when there is none. */
function mp3Frame(bytes: Uint8Array, at: number): number {
  const [sync = 0, version = 0, rates = 0] = bytes.subarray(at, at + 3);
  const [mpeg, layer] = [(version >> 3) & 3, (version >> 1) & 3];
  if (sync !== 0xff || (version & 0xe0) !== 0xe0 || mpeg === 1 || layer !== 1) return 0;
  const isMpeg1 = mpeg === 3;
  const kbits = (isMpeg1 ? MPEG1_LAYER3_KBITS : MPEG2_LAYER3_KBITS)[rates >> 4]!;
  const rate = MPEG1_RATES[(rates >> 2) & 3]! / (isMpeg1 ? 1 : mpeg === 2 ? 2 : 4);
  if (kbits === 0 || rate === 0) return 0;
  return Math.floor(((isMpeg1 ? 144_000 : 72_000) * kbits) / rate) + ((rates >> 1) & 1);
}

/** Bytes of the AAC frame at this place (ADTS, ISO/IEC 13818-7), or 0 when there is none. */
function adtsFrame(bytes: Uint8Array, at: number): number {
  const [sync = 0, flags = 0, , high = 0, middle = 0, low = 0] = bytes.subarray(at, at + 6);
  if (sync !== 0xff || (flags & 0xf6) !== 0xf0) return 0;
  return ((high & 3) << 11) | (middle << 3) | (low >> 5);
}

function hasFrames(bytes: Uint8Array, from: number, frameAt: (bytes: Uint8Array, at: number) => number): boolean {
  let at = from;
  for (let frames = 0; frames < FRAMES_MIN; frames++) {
    const size = frameAt(bytes, at);
    if (size === 0) return false;
    at += size;
    // A sound may be shorter than three frames, but must then end with one.
    if (at >= bytes.length) return true;
  }
  return true;
}

/** Where the sound begins behind an ID3v2 tag, whose size is written in seven bits a byte. */
function afterId3(bytes: Uint8Array): number {
  if (!hasAt(bytes, 0, 'ID3')) return 0;
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(6, 10);
  return 10 + ((a & 127) << 21) + ((b & 127) << 14) + ((c & 127) << 7) + (d & 127);
}

/** The first packet of an Ogg stream names its codec; films in Ogg have another. */
const OGG_CODECS = ['OpusHead', '\x01vorbis', 'Speex   ', '\x7fFLAC'];
/** Behind a page's header and the length of its one packet (RFC 3533). */
const FIRST_PACKET_AT = 28;

/** What sound this is; undefined when it is none that is taken. */
export function soundType(bytes: Uint8Array): MediaType | undefined {
  if (hasAt(bytes, 0, 'RIFF') && hasAt(bytes, 8, 'WAVE')) return 'audio/wav';
  if (hasAt(bytes, 0, 'OggS')) {
    return OGG_CODECS.some((codec) => hasAt(bytes, FIRST_PACKET_AT, codec)) ? 'audio/ogg' : undefined;
  }
  if (hasFrames(bytes, afterId3(bytes), mp3Frame)) return 'audio/mpeg';
  return hasFrames(bytes, afterId3(bytes), adtsFrame) ? 'audio/aac' : undefined;
}

/** Where a WebM names its tracks' codecs: before the first cluster, behind seek and info elements of some hundred bytes. */
const TRACKS_WITHIN_BYTES = 64 * 1024;

/** What a WebM file holds (EBML, document type `webm`); undefined when it is none. */
export function webmType(bytes: Uint8Array): MediaType | undefined {
  if (!hasAt(bytes, 0, '\x1a\x45\xdf\xa3')) return undefined;
  const head = asBuffer(bytes).toString('latin1', 0, TRACKS_WITHIN_BYTES);
  if (!head.slice(0, 64).includes('\x42\x82\x84webm')) return undefined;
  if (/V_(VP8|VP9|AV1)/.test(head)) return 'video/webm';
  return /A_(OPUS|VORBIS)/.test(head) ? 'audio/webm' : undefined;
}
