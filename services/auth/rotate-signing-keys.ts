import { generateKeyPairSync } from 'node:crypto';
import { SigningKeyPublished } from '#shared/events/auth.ts';
import { happened, type Outbox } from '#shared/events/event.ts';
import type { KeyManagement } from '#shared/key-management.ts';
import type { Databases, Tx } from '#shared/sql.ts';
import { HOUR, MINUTE } from '#shared/time.ts';
import { RETIRED_AFTER_MS, wrappingContext } from './key-ring.ts';
import {
  forgetEndedKeys,
  insertSigningKey,
  listSigningKeys,
  lockSigningKeys,
  retireOtherKeys,
  rewrapSigningKey,
} from './signing-key-store.ts';
import { type KeyPair, thumbprint } from './signing-keys.ts';

/** A new key is published for so long before it signs: whoever keeps our JWKS for its five minutes knows it by then. */
const PUBLISHED_AHEAD_MS = HOUR;
/** A process may sign with the key before for so long after the next one has begun, if its keys are a little old. */
const SIGNING_LAG_MS = 2 * MINUTE;

export type RotateSigningKeysPorts = {
  readonly databases: Databases;
  readonly outbox: Outbox;
  readonly wrapping: KeyManagement;
};

export type Rotation = { readonly kid: string; readonly signsFrom: Date };

/**
 * Publishes a new signing key, which takes over in an hour; the one before is retired when its last token has ended. A
 * key that waits to take over is left to it.
 *
 * @param options `ifOlderThanMs`: only when the newest key has signed for longer. `now`: a key may have been stolen, so
 *   the new one signs at once and no other is good any more; clients refresh their tokens.
 * @returns undefined when nothing is due
 */
export async function rotateSigningKeys(
  ports: RotateSigningKeysPorts,
  { ifOlderThanMs = 0, now = false }: { readonly ifOlderThanMs?: number; readonly now?: boolean } = {},
): Promise<Rotation | undefined> {
  const { databases, outbox, wrapping } = ports;
  const pair = newKeyPair();
  const wrapped = await wrapping.wrap(Buffer.from(pair.d, 'base64url'), wrappingContext(pair.kid));
  return await databases.of('core').transaction(async (tx) => {
    await lockSigningKeys(tx);
    const [newest] = await listSigningKeys(tx);
    const ageMs = newest === undefined ? Infinity : newest.read_at.getTime() - newest.signs_from.getTime();
    if (!now && (ageMs < 0 || ageMs < ifOlderThanMs)) return undefined;
    const signsInMs = now ? 0 : PUBLISHED_AHEAD_MS;
    const signsFrom = await insertSigningKey(tx, { ...pair, wrapped, signsInMs });
    await retireOtherKeys(tx, pair.kid, now ? 0 : signsInMs + RETIRED_AFTER_MS);
    await outbox.append(tx, {
      events: [
        happened(SigningKeyPublished, pair.kid, {
          kid: pair.kid,
          signs_from: signsFrom.toISOString(),
          others_withdrawn: now,
        }),
      ],
      audit: [
        {
          actor: 'system',
          action: 'auth.signing_key_published',
          subject: pair.kid,
          region: 'core',
          outcome: 'ok',
          facts: { others_withdrawn: now },
        },
      ],
    });
    return { kid: pair.kid, signsFrom };
  });
}

/**
 * What is done for the keys from time to time: the next one is published when the newest has signed for long enough,
 * what has ended is forgotten, and what another than the present wrapping key has wrapped is wrapped anew.
 */
export async function careForSigningKeys(ports: RotateSigningKeysPorts, rotateEveryMs: number): Promise<void> {
  await rotateSigningKeys(ports, { ifOlderThanMs: rotateEveryMs });
  await ports.databases.of('core').transaction(async (tx) => {
    await lockSigningKeys(tx);
    await forgetEndedKeys(tx, SIGNING_LAG_MS);
    await rewrap(tx, ports.wrapping);
  });
}

async function rewrap(tx: Tx, wrapping: KeyManagement): Promise<void> {
  for (const { kid, sealed, wrapped_by: wrappedBy } of await listSigningKeys(tx)) {
    if (sealed === null || wrappedBy === null || wrappedBy === wrapping.wrapsBy) continue;
    const key = await wrapping.unwrap({ sealed, wrappedBy }, wrappingContext(kid));
    await rewrapSigningKey(tx, kid, await wrapping.wrap(key, wrappingContext(kid)));
  }
}

function newKeyPair(): KeyPair {
  const { x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  if (x === undefined || d === undefined) throw new Error('a key pair has no halves');
  return { kid: thumbprint(x), x, d };
}
