import type { KeyObject } from 'node:crypto';
import { verifyAuditChain } from '#infrastructure/events/audit-chain.ts';
import type { Databases } from '#shared/sql.ts';
import { MINUTE } from '#shared/time.ts';
import { type Chain, chainsOf } from './chains.ts';
import type { HeadStore } from './head-stores.ts';
import { isGenuine, type SignedHead } from './signed-head.ts';

/** Heads are signed every 20 s; a record that is older than this and under no head was kept from the signer. */
const UNSIGNED_MAX_MS = 2 * MINUTE;
/** The hash of the newest head covers all records before it; some more tell when it was that they changed. */
const HEADS_MAX = 1_000;

type Ports = {
  readonly databases: Databases;
  readonly store: Pick<HeadStore, 'recent'>;
  /** The open half of the setting AUDIT_KEY. */
  readonly openKey: KeyObject;
  readonly now: Date;
};

export type ChainReport = {
  readonly chain: string;
  readonly records: bigint;
  readonly heads: number;
  /** A sentence for each thing that is wrong; none when the chain is whole. */
  readonly faults: readonly string[];
};

/**
 * Recomputes every audit chain and compares it with the heads that were signed: a record that was changed, inserted or
 * removed shows, also when it was the last one, and when the whole chain was made anew.
 */
export async function verifyAudit(ports: Ports): Promise<ChainReport[]> {
  const reports: ChainReport[] = [];
  for (const chain of chainsOf(ports.databases)) reports.push(await verifyChain(ports, chain));
  return reports;
}

async function verifyChain({ store, openKey, now }: Ports, { name, database }: Chain): Promise<ChainReport> {
  const heads = await store.recent(name, HEADS_MAX);
  const faults = heads.flatMap((head) => (isGenuine(openKey, head) ? [] : [`the head ${head.number} is not genuine`]));
  const expected = new Map<bigint, SignedHead>(heads.map((head) => [BigInt(head.number), head]));
  const last = [...expected.keys()].reduce((highest, number) => (number > highest ? number : highest), 0n);
  let unsignedSince: Date | undefined;

  const verdict = await verifyAuditChain(database, (link) => {
    const head = expected.get(link.number);
    if (head !== undefined && head.hash !== link.hash.toString('hex')) {
      faults.push(`record ${link.number} is not the one that was signed at ${head.signed_at}`);
    }
    if (link.number > last) unsignedSince ??= link.occurredAt;
  });
  if (!verdict.ok) faults.push(`the chain breaks at record ${verdict.brokenAt}`);
  else if (verdict.records < last) {
    faults.push(`the chain ends at record ${verdict.records}, and ${last} were there when it was last signed`);
  }
  if (unsignedSince !== undefined && now.getTime() - unsignedSince.getTime() > UNSIGNED_MAX_MS) {
    faults.push(`nothing was signed since record ${last}, of before ${unsignedSince.toISOString()}`);
  }
  return { chain: name, records: verdict.ok ? verdict.records : verdict.brokenAt - 1n, heads: heads.length, faults };
}
