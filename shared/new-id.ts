import { randomUUIDv7 } from 'node:crypto';
import { type Brand, REGION_DIGIT } from './ids.ts';
import { REGIONS, type Region } from './regions.ts';

/**
 * A new id that knows its home region.
 *
 * A store finds the database of a user, dialog or message from the id alone, so no directory has to be asked first.
 * RFC 9562 leaves those bits to the maker of the id; 70 random bits remain.
 */
export function newId<Id extends Brand<string, string>>(region: Region): Id {
  const id = randomUUIDv7();
  const digit = REGIONS.indexOf(region).toString(16);
  return (id.slice(0, REGION_DIGIT) + digit + id.slice(REGION_DIGIT + 1)) as Id;
}
