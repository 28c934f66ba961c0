import { Gauge } from 'prom-client';
import { type ChainLink, linkAt, newestLink } from '#infrastructure/events/audit-chain.ts';
import type { Log } from '#shared/log.ts';
import type { Databases } from '#shared/sql.ts';
import type { Clock } from '#shared/time.ts';
import { type Chain, chainsOf } from './chains.ts';
import type { HeadStore } from './head-stores.ts';
import { type HeadKeys, signHead, type SignedHead } from './signed-head.ts';

const signedAt = new Gauge({
  name: 'tchat_audit_head_signed_at_seconds',
  help: 'When the end of an audit chain was last found signed, as seconds since 1970',
  labelNames: ['chain'],
});
const broken = new Gauge({
  name: 'tchat_audit_broken',
  help: '1 while an audit chain contradicts a head of it that was signed',
  labelNames: ['chain'],
});

type Ports = {
  readonly databases: Databases;
  readonly store: HeadStore;
  readonly keys: HeadKeys;
  readonly clock: Clock;
  readonly log: Log;
};

/**
 * Signs the end of each audit chain and keeps it off the database's machine, so that records that are cut off the end are
 * missed: a chain alone shows changes in its middle, and nothing of what is no longer there (Crosby and Wallach 2009).
 * A chain that contradicts what was signed before is signed no more, and told of loudly.
 *
 * @returns what is to be called at least once a minute: how many heads were signed
 */
export function makeSignHeads({ databases, store, keys, clock, log }: Ports): () => Promise<number> {
  const latest = new Map<string, SignedHead>();

  async function lastSigned(chain: string): Promise<SignedHead | undefined> {
    const known = latest.get(chain) ?? (await store.recent(chain, 1)).at(-1);
    if (known !== undefined) latest.set(chain, known);
    return known;
  }

  async function signEnd({ name, database }: Chain): Promise<number> {
    const before = await lastSigned(name);
    const head = await newestLink(database);
    if (before !== undefined && !(await agrees(database, before, head))) {
      broken.set({ chain: name }, 1);
      log.error({ chain: name, number: before.number }, 'an audit chain contradicts a head of it that was signed');
      return 0;
    }
    broken.set({ chain: name }, 0);
    signedAt.set({ chain: name }, clock().getTime() / 1000);
    if (head === undefined || head.number.toString() === before?.number) return 0;
    const signed = signHead(keys, {
      chain: name,
      number: head.number.toString(),
      hash: head.hash.toString('hex'),
      signed_at: clock().toISOString(),
      ...(before === undefined ? {} : { previous: before.number }),
    });
    await store.append(signed);
    latest.set(name, signed);
    return 1;
  }

  return async () => {
    let signed = 0;
    for (const chain of chainsOf(databases)) signed += await signEnd(chain);
    return signed;
  };
}

async function agrees(database: Chain['database'], before: SignedHead, head: ChainLink | undefined): Promise<boolean> {
  if (head === undefined || head.number < BigInt(before.number)) return false;
  const link = await linkAt(database, BigInt(before.number));
  return link?.hash.toString('hex') === before.hash;
}
