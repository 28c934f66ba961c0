import type { Caller } from '#shared/caller.ts';
import type { TransactionBody } from '#shared/contracts/payments/transaction.ts';
import { AppError, invalid } from '#shared/errors.ts';
import { happened } from '#shared/events/event.ts';
import { DepositRequested } from '#shared/events/payments.ts';
import type { IdempotencyKey } from '#shared/http/call.ts';
import type { TransactionId, WalletId } from '#shared/ids.ts';
import { type Money, positiveMoney } from '#shared/money.ts';
import { newId } from '#shared/new-id.ts';
import { promptPayBill, referencesOf } from './emv-qr/promptpay.ts';
import type { GatewayHealth } from './deposit/gateway-health.ts';
import { makeRankRoutes } from './deposit/route-charge.ts';
import { fits, type Method, methodsIn } from './methods.ts';
import type { PaymentsPorts } from './ports.ts';
import { assertNotBarred } from './compliance/barred.ts';
import { insertCharge } from './store/charges.ts';
import { insertTransactions } from './store/transactions.ts';
import { findWallet } from './store/wallets.ts';
import { audited, auditedRefusal, transactionUpdated } from './told.ts';
import { assertMayHold, heldMaxFor } from './wallet/held-max.ts';
import { PLAIN, decimalOf, transactionBody } from './wire.ts';

type Ports = Pick<
  PaymentsPorts,
  | 'databases'
  | 'people'
  | 'clock'
  | 'idempotency'
  | 'outbox'
  | 'log'
  | 'gateways'
  | 'publicUrl'
  | 'ruleMeters'
  | 'expiresAfterMs'
  | 'promptPayBillerId'
> & { readonly health: GatewayHealth };

export type RequestDeposit = {
  readonly walletId: WalletId;
  /** As written by the client: its decimals are judged by the wallet's currency. */
  readonly amount: string;
  readonly paymentMethod: string;
  readonly description: string | undefined;
};

/**
 * Notes that someone wants to put money in, and what the payer is to be shown. The workflow that the event starts makes
 * the charge at the gateway; nobody waits for it here.
 *
 * @throws {AppError} NOT_FOUND, LIMIT_EXCEEDED above what the method takes or the wallet may hold, CONFLICT when the wallet takes no money,
 *   VALIDATION_ERROR.
 */
export function makeRequestDeposit(ports: Ports) {
  const { databases, clock, idempotency, outbox, publicUrl, expiresAfterMs, promptPayBillerId } = ports;
  const core = databases.of('core');
  const rankRoutes = makeRankRoutes(ports);

  return async (caller: Caller, asked: RequestDeposit, key: IdempotencyKey | undefined): Promise<TransactionBody> => {
    const wallet = await findWallet(core, asked.walletId, caller.userId);
    if (wallet === undefined) throw new AppError('NOT_FOUND', { message: 'There is no such wallet' });
    const money = positiveMoney(asked.amount, wallet.currency);
    if (typeof money === 'string') throw invalid('amount', money);
    const named = methodsIn(caller.country).filter(({ type }) => type === asked.paymentMethod);
    if (named.length === 0) throw invalid('payment_method', 'is none of GET /payments/methods');
    const method = named.find(({ currency }) => currency === wallet.currency);
    if (method === undefined) throw invalid('payment_method', `does not pay in ${wallet.currency}`);
    const [route] = await rankRoutes(method, money);
    if (route === undefined) throw invalid('payment_method', 'is collected by no gateway here');

    const id = newId<TransactionId>('core');
    const at = clock();
    const heldMax = await heldMaxFor(ports.people, caller.userId, wallet.currency, at);
    const expiresAt = new Date(at.getTime() + expiresAfterMs);
    const qrCode = route.ownQr === 'promptpay' ? qrOf(id, money, promptPayBillerId) : undefined;
    const transaction = {
      id,
      walletId: wallet.id,
      userId: caller.userId,
      type: 'deposit',
      ...money,
      status: 'pending',
      actor: caller.userId,
      at,
      description: asked.description,
    } as const;

    try {
      const reply = await core.transaction((tx) =>
        idempotency.run(tx, { userId: caller.userId, call: 'createDeposit', key }, async () => {
          assertTaken(method, money);
          assertMayHold(wallet, money, heldMax);
          await assertNotBarred(tx, caller.userId);
          if (wallet.status === 'closed') throw new AppError('CONFLICT', { message: 'The wallet is closed' });
          await insertTransactions(tx, [transaction]);
          await insertCharge(tx, {
            transactionId: id,
            gateway: route.gateway,
            method: method.type,
            qrCode,
            expiresAt,
          });
          await outbox.append(tx, {
            events: [
              happened(DepositRequested, id, {
                transaction_id: id,
                gateway: route.gateway,
                expires_after_ms: expiresAfterMs,
              }),
              transactionUpdated(transaction),
            ],
            audit: [
              audited({
                actor: caller.userId,
                action: 'payments.deposit_requested',
                subject: id,
                facts: {
                  amount: decimalOf(money.minor, money.currency),
                  currency: money.currency,
                  method: method.type,
                },
              }),
            ],
          });
          const row = {
            ...PLAIN,
            id,
            wallet_id: wallet.id,
            user_id: caller.userId,
            type: 'deposit',
            currency: money.currency,
            amount: money.minor,
            status: 'pending',
            description: asked.description ?? null,
            created_at: at,
            updated_at: at,
            gateway: route.gateway,
            payment_method: method.type,
            qr_code: qrCode ?? null,
            expires_at: expiresAt,
          } as const;
          return { status: 201, body: transactionBody(row, publicUrl) };
        }),
      );
      return reply.body;
    } catch (error) {
      const entry = { actor: caller.userId, action: 'payments.deposit_requested', subject: asked.walletId };
      return await auditedRefusal(ports, entry, error);
    }
  };
}

function qrOf(id: TransactionId, money: Money, billerId: string): string {
  return promptPayBill({ billerId, ...referencesOf(id), money });
}

function assertTaken(method: Method, money: Money): void {
  const { name, currency, min, max } = method;
  const fit = fits(method, money);
  if (fit === 'too_small') throw invalid('amount', `${name} takes ${min} ${currency} or more`);
  if (fit === 'too_large') {
    throw new AppError('LIMIT_EXCEEDED', { details: `${name} takes ${max} ${currency} at most` });
  }
}
