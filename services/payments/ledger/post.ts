import { AppError, unreachable } from '#shared/errors.ts';
import { type Tx, firstRow, statement } from '#shared/sql.ts';

/** One side of a transfer. Above zero goes into the account, below zero comes out of it. */
export type Leg = { readonly accountId: string; readonly minor: bigint };

/** What a transfer counts as against the limits of a wallet. A sum below zero gives back what was counted. */
export type Spending = {
  /** One of the transfer's accounts. */
  readonly accountId: string;
  readonly minor: bigint;
  /** The day (`2026-11-24`) and the month (`2026-11-01`) in the owner's calendar. */
  readonly day: string;
  readonly month: string;
  /** The most that may be spent in that day and month, this included. */
  readonly dayMax: bigint;
  readonly monthMax: bigint;
};

type TransferKind =
  | 'transfer'
  | 'deposit'
  | 'hold'
  | 'capture'
  | 'release'
  | 'refund'
  | 'settlement'
  | 'withdrawal'
  | 'conversion'
  | 'fee'
  | 'dispute'
  | 'adjustment'
  | 'gateway_payout'
  | 'seed';

export type LedgerTransfer = {
  /** Given once, for ever. */
  readonly id: string;
  readonly kind: TransferKind;
  /** Each account at most once; the sum is zero in every currency. */
  readonly legs: readonly Leg[];
  readonly spending?: Spending;
};

export type Outcome =
  | 'posted'
  | 'duplicate'
  | 'no_account'
  | 'suspended'
  | 'insufficient_funds'
  | 'daily_limit'
  | 'monthly_limit';

const POST = statement(
  'payments.post',
  'SELECT payments.post($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) AS outcomes',
);

/**
 * Posts transfers in one locked, ordered call and answers each on its own, in the order given: a refused one leaves its
 * neighbours alone. Call it once in a transaction: its locks are taken in account order, those of two calls are not.
 */
export async function post(tx: Tx, transfers: readonly LedgerTransfer[]): Promise<readonly Outcome[]> {
  const legs = transfers.flatMap((transfer) => transfer.legs);
  const spendings = transfers.map((transfer) => transfer.spending);
  const row = await firstRow<{ readonly outcomes: Outcome[] }>(tx, POST, [
    transfers.map((transfer) => transfer.id),
    transfers.map((transfer) => transfer.kind),
    transfers.map((transfer) => transfer.legs.length),
    legs.map((leg) => leg.accountId),
    legs.map((leg) => leg.minor),
    spendings.map((spending) => spending?.accountId ?? null),
    spendings.map((spending) => spending?.minor ?? null),
    spendings.map((spending) => spending?.day ?? null),
    spendings.map((spending) => spending?.month ?? null),
    spendings.map((spending) => spending?.dayMax ?? null),
    spendings.map((spending) => spending?.monthMax ?? null),
  ]);
  return row?.outcomes ?? [];
}

/** Posts one transfer. */
export async function postOne(tx: Tx, transfer: LedgerTransfer): Promise<Outcome> {
  const [outcome] = await post(tx, [transfer]);
  return outcome!;
}

/** The two legs that move a sum from one account to another. */
export function move(fromId: string, toId: string, minor: bigint): readonly [Leg, Leg] {
  return [
    { accountId: fromId, minor: -minor },
    { accountId: toId, minor },
  ];
}

/** What a refused transfer means to the one who asked for it. */
export function refusal(outcome: Exclude<Outcome, 'posted'>): AppError {
  switch (outcome) {
    case 'insufficient_funds':
      return new AppError('INSUFFICIENT_FUNDS');
    case 'daily_limit':
      return new AppError('LIMIT_EXCEEDED', { details: 'This goes over the daily limit of the wallet' });
    case 'monthly_limit':
      return new AppError('LIMIT_EXCEEDED', { details: 'This goes over the monthly limit of the wallet' });
    case 'suspended':
      return new AppError('CONFLICT', { message: 'The wallet is suspended or closed' });
    case 'no_account':
      return new AppError('NOT_FOUND');
    case 'duplicate':
      return new AppError('CONFLICT', { message: 'This transfer was posted before' });
    default:
      return unreachable(outcome);
  }
}
