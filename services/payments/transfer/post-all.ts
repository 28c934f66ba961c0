import type { AppError } from '#shared/errors.ts';
import { type Tx, statement } from '#shared/sql.ts';
import type { WalletId } from '#shared/ids.ts';
import { type Outcome, move, post } from '../ledger/post.ts';
import { isLimitedAt, spendingRefusal } from '../new-device.ts';
import { type Opening, openMissing, type WantedWallet } from '../store/openings.ts';
import { spendingOf } from '../spending.ts';
import type { AskedTransfer } from './asked.ts';
import type { Passed } from './pass-rules.ts';
import { type Written, written } from './written.ts';

export type PostedAll = {
  /** What was posted of each, or why it was not. */
  readonly results: readonly (Written | AppError)[];
  /** The wallets that were opened for it. */
  readonly opened: readonly (WantedWallet & { readonly walletId: WalletId })[];
};

const SAVE = statement('payments.before-openings', 'SAVEPOINT before_openings');
const BACK = statement('payments.back-before-openings', 'ROLLBACK TO SAVEPOINT before_openings');

/**
 * Posts transfers in one call, and opens the wallets that their payees do not have yet.
 *
 * A refused transfer leaves nothing behind, so it opens no wallet either. Where a wallet was opened for refused ones only,
 * all is taken back and done again without those: their refusals stand. That takes one more round, whatever their number.
 */
export async function postAll(tx: Tx, passed: readonly Passed[]): Promise<PostedAll> {
  const results: (Written | AppError)[] = [];
  if (passed.length === 0) return { results, opened: [] };
  for (let left = [...passed.keys()]; ;) {
    const openings = await openFor(
      tx,
      left.map((place) => passed[place]!),
    );
    // Written out before the locks are taken: nothing but the database works while they are held.
    const drafts = left.map((place) => {
      const { one, judged } = passed[place]!;
      return written(one, judged.recipientWalletId ?? openings.get(wantedName(wantedBy(one)))!.id);
    });
    const outcomes = await post(
      tx,
      left.map((place, at) => ledgerTransfer(passed[place]!, drafts[at]!)),
    );
    const used = new Set(drafts.flatMap(({ into }, at) => (outcomes[at] === 'posted' ? [into.walletId] : [])));
    const unused = new Set([...openings.values()].flatMap(({ id, opened }) => (opened && !used.has(id) ? [id] : [])));
    const again: number[] = [];
    for (const [at, place] of left.entries()) {
      const outcome = outcomes[at]!;
      const isKept = unused.size === 0 || unused.has(drafts[at]!.into.walletId);
      if (!isKept) again.push(place);
      else results[place] = outcome === 'posted' ? drafts[at]! : refusalOf(passed[place]!, outcome);
    }
    if (unused.size === 0)
      return {
        results,
        opened: openedOf(
          left.map((place) => passed[place]!),
          openings,
        ),
      };
    await tx.rows(BACK);
    if (again.length === 0) return { results, opened: [] };
    left = again;
  }
}

function wantedBy({ asked }: AskedTransfer): WantedWallet {
  return { userId: asked.recipientId, currency: asked.money.currency };
}

function wantedName({ userId, currency }: WantedWallet): string {
  return `${userId} ${currency}`;
}

async function openFor(tx: Tx, passed: readonly Passed[]): Promise<ReadonlyMap<string, Opening>> {
  const wanted = wantedOf(passed);
  if (wanted.length === 0) return new Map();
  await tx.rows(SAVE);
  const openings = await openMissing(tx, wanted);
  return new Map(wanted.map((one, at) => [wantedName(one), openings[at]!]));
}

function wantedOf(passed: readonly Passed[]): WantedWallet[] {
  const missing = passed.filter(({ judged }) => judged.recipientWalletId === null);
  return [...new Map(missing.map(({ one }) => [wantedName(wantedBy(one)), wantedBy(one)])).values()];
}

function openedOf(passed: readonly Passed[], openings: ReadonlyMap<string, Opening>): PostedAll['opened'] {
  return wantedOf(passed).flatMap((wanted) => {
    const { id, opened } = openings.get(wantedName(wanted))!;
    return opened ? [{ ...wanted, walletId: id }] : [];
  });
}

function ledgerTransfer({ one, judged }: Passed, { out, into }: Written) {
  const { asked, at } = one;
  return {
    id: out.id,
    kind: 'transfer',
    legs: move(out.walletId, into.walletId, asked.money.minor, judged.recipientHeldMax),
    spending: spendingOf(judged.sender, asked.walletId, asked.money, at, isLimitedAt(one.caller, at)),
  } as const;
}

function refusalOf({ one: { caller, asked, at } }: Passed, outcome: Exclude<Outcome, 'posted'>): AppError {
  return spendingRefusal(outcome, caller, asked.money.currency, at);
}
