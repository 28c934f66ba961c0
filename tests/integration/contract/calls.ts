import { CALLS } from '#services/wire.main.ts';
import type { Role } from '#shared/caller.ts';
import type { Call } from '#shared/http/call.ts';

/** Every call of every domain, so that a new one is held to the contract from its first day. */
export const contractCalls: readonly Call[] = Object.values(CALLS).flat();

/** The call of that name. */
export function callNamed(name: string): Call {
  const call = contractCalls.find((one) => one.name === name);
  if (call === undefined) throw new Error(`there is no call ${name}`);
  return call;
}

/** A UUIDv7 of the core region that nobody has. */
export const NOBODYS = '01890a5d-ac96-774b-8cce-0302099a8057';
/** Another one. */
export const NOBODYS_EITHER = '01890a5d-ac97-7f00-8cce-0302099a8058';

/** Parameters that are no ids. */
const NAMES: Readonly<Record<string, string>> = { provider: 'twilio', gateway: 'omise' };

/** The address of a call, with an id that nobody has in the place of each parameter that is not given. */
export function addressOf({ path }: Call, params: Readonly<Record<string, string>> = {}): string {
  return `/api/v1${path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? NAMES[name] ?? NOBODYS)}`;
}

/** Who makes a call: someone of the first role that it names, where it names any. */
export function roleFor({ access }: Call): Role {
  return typeof access === 'string' ? 'user' : access[0]!;
}

/** Methods that take a body. */
export function takesBody({ method }: Call): boolean {
  return method !== 'GET';
}

/** Calls whose answer is a list with a next_cursor. */
export function listCalls(): Call[] {
  return contractCalls.filter(({ answers }) => {
    const shape: unknown = (answers[200] as { shape?: object } | undefined)?.shape;
    return typeof shape === 'object' && shape !== null && 'next_cursor' in shape;
  });
}
