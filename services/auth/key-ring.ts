import type { KeyObject } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '#shared/errors.ts';
import type { KeyManagement } from '#shared/key-management.ts';
import type { Log } from '#shared/log.ts';
import type { Database } from '#shared/sql.ts';
import { MINUTE, SECOND } from '#shared/time.ts';
import { ACCESS_TOKEN_LIFE_MS } from './rules.ts';
import { type SigningKeyRow, insertSigningKey, listSigningKeys, lockSigningKeys } from './signing-key-store.ts';
import { jwkSetOf, privateKeyOf, publicKeyOf, readKeyPairs, type SigningKeys } from './signing-keys.ts';

/** How often the keys are read again. A new one is published for much longer before it signs. */
const READ_EVERY_MS = 10 * SECOND;
/** A token that names a key which is not known waits until the keys were read anew, but none has them read more often. */
const READ_AGAIN_AFTER_MS = 100;

export type KeyRing = SigningKeys & { close(): Promise<void> };

export type KeyRingPorts = {
  /** The core database. */
  readonly core: Database;
  readonly wrapping: KeyManagement;
  /** The setting TOKEN_SIGNING_KEYS: what an empty ring begins with. */
  readonly firstKeys: string;
  readonly log: Log;
  /** A monotonic clock. */
  readonly nowMs?: () => number;
};

/**
 * The signing keys of the cluster, as Postgres has them: every process follows a rotation without being started again.
 * Which key signs is told by the database's clock, so that clocks of processes may differ. Without Postgres the keys that
 * are known stay in use.
 *
 * A private key is unwrapped when it is first signed with, so a process that only verifies never holds one.
 */
export async function openKeyRing(ports: KeyRingPorts): Promise<KeyRing> {
  const { core, wrapping, log, nowMs = () => performance.now() } = ports;
  let known: { readonly rows: readonly SigningKeyRow[]; readonly atMs: number } | undefined;
  let publicKeys = new Map<string, KeyObject>();
  let withdrawals = 0;
  const privateKeys = new Map<string, Promise<KeyObject>>();
  let reading: Promise<void> | undefined;
  /** The reading that tokens with an unknown key wait for; undefined when none does. */
  let readingAgain: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  async function read(): Promise<void> {
    const atMs = nowMs();
    let rows = await listSigningKeys(core);
    if (rows.length === 0) {
      await fill(ports);
      rows = await listSigningKeys(core);
    }
    known = { rows, atMs };
    const before = publicKeys;
    publicKeys = new Map(rows.map(({ kid, x }) => [kid, before.get(kid) ?? publicKeyOf(x)]));
    if (before.keys().some((kid) => !publicKeys.has(kid))) withdrawals += 1;
    for (const kid of privateKeys.keys()) if (!publicKeys.has(kid)) privateKeys.delete(kid);
  }

  /** One reading at a time; a call during one gets that one. */
  function readOnce(): Promise<void> {
    reading ??= read().finally(() => (reading = undefined));
    return reading;
  }

  /** Settles when the keys have been read, after a pause that gathers whoever waits for it; never rejects. */
  function readAgain(): Promise<void> {
    readingAgain ??= sleep(READ_AGAIN_AFTER_MS, undefined, { ref: false })
      .then(readOnce)
      .catch((error: unknown) => log.warn({ err: error }, 'the signing keys could not be read'))
      .finally(() => (readingAgain = undefined));
    return readingAgain;
  }

  async function keepReading(): Promise<void> {
    await readOnce().catch((error: unknown) => log.warn({ err: error }, 'the signing keys could not be read'));
    if (!isClosed) timer = setTimeout(() => void keepReading(), READ_EVERY_MS).unref();
  }

  /** The database's clock now. */
  function databaseMs({ rows, atMs }: NonNullable<typeof known>): number {
    return rows[0]!.read_at.getTime() + (nowMs() - atMs);
  }

  function isPublished(ring: NonNullable<typeof known>, kid: string): boolean {
    const row = ring.rows.find((each) => each.kid === kid);
    return row !== undefined && (row.verifies_until?.getTime() ?? Infinity) > databaseMs(ring);
  }

  /** The newest of the keys whose time to sign has come. */
  function signing(): SigningKeyRow | undefined {
    if (known === undefined || known.rows.length === 0) return undefined;
    const now = databaseMs(known);
    return known.rows.find((row) => row.signs_from.getTime() <= now && row.sealed !== null);
  }

  function privateKey({ kid, x, sealed, wrapped_by }: SigningKeyRow): Promise<KeyObject> {
    const before = privateKeys.get(kid);
    if (before !== undefined) return before;
    const unwrapped = wrapping
      .unwrap({ sealed: sealed!, wrappedBy: wrapped_by! }, wrappingContext(kid))
      .then((bytes) => privateKeyOf({ x, d: Buffer.from(bytes).toString('base64url') }));
    privateKeys.set(kid, unwrapped);
    // What could not be unwrapped is tried again the next time.
    unwrapped.catch(() => privateKeys.delete(kid));
    return unwrapped;
  }

  await keepReading();

  return {
    signer: async () => {
      if (signing() === undefined) await readOnce();
      const row = signing();
      if (row === undefined) throw new AppError('UPSTREAM_UNAVAILABLE', { message: 'There is no key to sign with' });
      return { kid: row.kid, key: await privateKey(row) };
    },
    publicKey: async (kid) => {
      if (!publicKeys.has(kid)) await readAgain();
      if (known === undefined) throw new AppError('RETRY_LATER', { retryAfterS: 1 });
      return isPublished(known, kid) ? publicKeys.get(kid) : undefined;
    },
    isGood: (kid) => known === undefined || isPublished(known, kid),
    withdrawals: () => withdrawals,
    jwks: () => jwkSetOf(known?.rows ?? []),
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      await reading?.catch(() => undefined);
      await readingAgain;
    },
  };
}

/** What a wrapped private key is bound to, so that it unwraps in its own row only. */
export function wrappingContext(kid: string): string {
  return `auth.signing-key:${kid}`;
}

/**
 * Begins with the keys of the setting: the first signs, and the others, which may have signed before, verify as long as
 * a token of theirs can live.
 */
async function fill({ core, wrapping, firstKeys }: KeyRingPorts): Promise<void> {
  const [first, ...others] = readKeyPairs(firstKeys);
  const wrapped = await wrapping.wrap(Buffer.from(first.d, 'base64url'), wrappingContext(first.kid));
  await core.transaction(async (tx) => {
    await lockSigningKeys(tx);
    if ((await listSigningKeys(tx)).length > 0) return;
    await insertSigningKey(tx, { ...first, wrapped, signsInMs: 0 });
    for (const other of others) {
      await insertSigningKey(tx, { ...other, wrapped: undefined, signsInMs: -MINUTE, verifiesForMs: RETIRED_AFTER_MS });
    }
  });
}

/** From a key's last signature until it is retired: the longest life of a token, clocks being a little apart. */
export const RETIRED_AFTER_MS = ACCESS_TOKEN_LIFE_MS + 5 * MINUTE;
