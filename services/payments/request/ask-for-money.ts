import type { Caller } from '#shared/caller.ts';
import type { MoneyRequestBody } from '#shared/contracts/payments/requests.ts';
import { AppError, invalid } from '#shared/errors.ts';
import type { IdempotencyKey } from '#shared/http/call.ts';
import type { MoneyRequestId, UserId } from '#shared/ids.ts';
import type { Money } from '#shared/money.ts';
import { newId } from '#shared/new-id.ts';
import { DAY, HOUR, SECOND } from '#shared/time.ts';
import type { PaymentsPorts } from '../ports.ts';
import { countRequests, insertRequest, type MoneyRequestRow } from './store.ts';
import { requestBody, toldOfRequest } from './view.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'people' | 'blocks' | 'clock' | 'idempotency' | 'outbox'>;

const OPEN_MAX = 5n;
const A_DAY_MAX = 50n;
const USUALLY_OPEN_MS = 7 * DAY;
/** The counting of open ones looks this far back. */
const LONGEST_OPEN_MS = 30 * DAY;

export type AskForMoney = {
  readonly payerId: UserId;
  readonly money: Money;
  readonly note: string | undefined;
  readonly expiresAt: Date | undefined;
};

/**
 * Asks someone for money. Who has blocked the caller is as absent as nobody.
 *
 * @throws {AppError} NOT_FOUND, VALIDATION_ERROR, CONFLICT when five to that person are open, RATE_LIMIT_EXCEEDED after
 *   fifty in a day
 */
export function makeAskForMoney({ databases, people, blocks, clock, idempotency, outbox }: Ports) {
  const core = databases.of('core');

  return async (caller: Caller, asked: AskForMoney, key: IdempotencyKey | undefined): Promise<MoneyRequestBody> => {
    const { payerId, money, note, expiresAt } = asked;
    if (payerId === caller.userId) throw invalid('payer_id', 'is yourself');
    const at = clock();
    const [[payer], blockers] = await Promise.all([
      people.find([payerId]),
      blocks.blockersOf(caller.userId, [payerId]),
    ]);
    const row: MoneyRequestRow = {
      id: newId<MoneyRequestId>('core'),
      requester_id: caller.userId,
      payer_id: payerId,
      currency: money.currency,
      amount: money.minor,
      note: note ?? null,
      status: 'open',
      transaction_id: null,
      created_at: at,
      updated_at: at,
      expires_at: expiresAt ?? new Date(at.getTime() + USUALLY_OPEN_MS),
    };
    const reply = await core.transaction((tx) =>
      idempotency.run(tx, { userId: caller.userId, call: 'createMoneyRequest', key }, async () => {
        // In here, since a repeat gets the first answer also when its time is over.
        assertOpenFor(expiresAt, at);
        if (payer?.status !== 'active' || blockers.length > 0) {
          throw new AppError('NOT_FOUND', { message: 'There is no such user' });
        }
        const { today, open } = await countRequests(tx, caller.userId, payerId, at, new Date(at.getTime() - DAY));
        if (open >= OPEN_MAX) {
          throw new AppError('CONFLICT', { message: `They have ${OPEN_MAX} open requests of yours already` });
        }
        if (today >= A_DAY_MAX) throw new AppError('RATE_LIMIT_EXCEEDED', { retryAfterS: HOUR / SECOND });
        await insertRequest(tx, row);
        await outbox.append(tx, toldOfRequest(row, caller.userId));
        return { status: 201, body: requestBody(row, caller.userId, at) };
      }),
    );
    return reply.body;
  };
}

function assertOpenFor(expiresAt: Date | undefined, at: Date): void {
  if (expiresAt === undefined) return;
  if (expiresAt <= at) throw invalid('expires_at', 'has passed');
  if (expiresAt.getTime() > at.getTime() + LONGEST_OPEN_MS) throw invalid('expires_at', 'is more than 30 days away');
}
