import type { Caller } from '#shared/caller.ts';
import type { Databases } from '#shared/sql.ts';
import { readPin } from './pin-store.ts';
import { sha256 } from './secrets.ts';

/** Which PIN it is, without telling anything of it: its hash has a salt, so each PIN that is ever set has its own. */
export function pinMark(pinHash: string): string {
  return sha256('pin mark\0', pinHash).toString('base64url', 0, 16);
}

/** The PIN that an account has now. Asked with every proof that is shown, and never for a call that needs none. */
export interface PinMarks {
  of(caller: Pick<Caller, 'userId' | 'country'>): Promise<string | undefined>;
}

export function makePinMarks(databases: Databases): PinMarks {
  return {
    of: async ({ userId, country }) => {
      const pin = await readPin(databases.of(country), userId);
      return pin === undefined ? undefined : pinMark(pin.hash);
    },
  };
}
