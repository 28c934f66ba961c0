import { crc16 } from './crc16.ts';

/** One data object of EMVCo's merchant-presented mode: two digits of id, two of length, and the value. */
export type DataObject = readonly [id: string, value: string];

/** The values of the objects of a payload or template, by id. */
export type Objects = ReadonlyMap<string, string>;

/** A payload has at most 512 characters (EMVCo QRCPS-MPM 1.1, 3.1). */
export const PAYLOAD_MAX = 512;
const VALUE_MAX = 99;
const HEAD = 4;
/** The id and length of the checksum, which are part of what it is taken over. */
const CRC_HEAD = '6304';

/**
 * Writes objects one after the other. A length counts characters, as the standard has it; ours are code points.
 *
 * @throws {RangeError} for a value that is empty or longer than 99 characters
 */
export function write(objects: readonly DataObject[]): string {
  return objects
    .map(([id, value]) => {
      const length = Array.from(value).length;
      if (length === 0 || length > VALUE_MAX) throw new RangeError(`object ${id} has ${length} characters`);
      return id + length.toString().padStart(2, '0') + value;
    })
    .join('');
}

/** A whole payload: the objects, and the checksum over them as the last one. */
export function seal(objects: readonly DataObject[]): string {
  const payload = write(objects) + CRC_HEAD;
  const sealed = payload + crc16(payload);
  if (Array.from(sealed).length > PAYLOAD_MAX) throw new RangeError('the payload is too long for a code');
  return sealed;
}

/** What a payload says before its checksum, or undefined when that is wrong, is not the last object, or is none. */
export function unseal(payload: string): string | undefined {
  const covered = payload.slice(0, -4);
  return covered.endsWith(CRC_HEAD) && crc16(covered) === payload.slice(-4) ? covered.slice(0, -HEAD) : undefined;
}

/**
 * Reads objects in any order. Lengths count characters; where the objects do not come out even that way they are counted in
 * bytes of UTF-8, as some makers do.
 *
 * @returns undefined when the text is not objects from end to end, or an id comes twice
 */
export function read(text: string): Objects | undefined {
  if (!text.isWellFormed()) return undefined;
  const characters = Array.from(text);
  return readBy(characters, (part) => part.join('')) ?? readBytes(text);
}

function readBytes(text: string): Objects | undefined {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length === text.length) return undefined;
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    return readBy([...bytes], (part) => decoder.decode(Uint8Array.from(part)));
  } catch {
    // A length that ends inside a character.
    return undefined;
  }
}

function readBy<Unit>(units: readonly Unit[], textOf: (part: readonly Unit[]) => string): Objects | undefined {
  const objects = new Map<string, string>();
  let at = 0;
  while (at < units.length) {
    const head = textOf(units.slice(at, at + HEAD));
    const length = Number(head.slice(2));
    if (!/^\d{4}$/.test(head) || length === 0 || at + HEAD + length > units.length) return undefined;
    const id = head.slice(0, 2);
    if (objects.has(id)) return undefined;
    objects.set(id, textOf(units.slice(at + HEAD, at + HEAD + length)));
    at += HEAD + length;
  }
  return objects.size === 0 ? undefined : objects;
}
