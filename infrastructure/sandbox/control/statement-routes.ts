import express, { type Router } from 'express';
import { z } from 'zod';
import { AppError, invalid, unreachable } from '#shared/errors.ts';
import { Currency, DecimalString, formatMoney, type Money, positiveMoney } from '#shared/money.ts';
import type { Moved } from '../frame/statements.ts';
import type { World } from '../frame/world.ts';
import { parsed } from '../problem.ts';

const sum = { amount: DecimalString, currency: Currency };
const reference = z.string().min(1).max(512);

/** A difference between the statement and what happened, or the gateway paying over what it owes. */
const Planted = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('unknown'), ...sum, reference: reference.optional() }),
  z.strictObject({ kind: z.literal('bank_payout'), ...sum }),
  z.strictObject({ kind: z.literal('changed'), ...sum, reference }),
  z.strictObject({ kind: z.literal('missing'), reference }),
  z.strictObject({ kind: z.literal('duplicate'), reference }),
]);
type Planted = z.output<typeof Planted>;

/** GET, POST and DELETE /sandbox/statements/{gateway}: what a statement shows, and what is planted in it. */
export function statementRoutes({ statements, clock }: World): Router {
  function plant(gateway: string, planted: Planted): boolean {
    switch (planted.kind) {
      case 'unknown':
        statements.addUnknown(gateway, moneyOf(planted), planted.reference);
        return true;
      case 'bank_payout':
        statements.payOver(gateway, moneyOf(planted));
        return true;
      case 'changed':
        return statements.change(gateway, planted.reference, moneyOf(planted));
      case 'missing':
        return statements.hide(gateway, planted.reference);
      case 'duplicate':
        return statements.repeat(gateway, planted.reference);
      default:
        return unreachable(planted);
    }
  }

  const routes = express.Router();
  routes.get('/statements/:gateway', (request, response) => {
    response.json(statements.of(request.params.gateway, new Date(0), clock()).map(shown));
  });
  routes.post('/statements/:gateway', (request, response) => {
    const { gateway } = request.params;
    if (!plant(gateway, parsed(Planted, request.body))) throw new AppError('NOT_FOUND');
    response.json(statements.of(gateway, new Date(0), clock()).map(shown));
  });
  routes.delete('/statements/:gateway', (request, response) => {
    statements.restore(request.params.gateway);
    response.json(statements.of(request.params.gateway, new Date(0), clock()).map(shown));
  });
  return routes;
}

function shown({ id, as, objectId, reference, money, at }: Moved): object {
  return {
    id,
    kind: as,
    object_id: objectId,
    reference: reference ?? null,
    amount: formatMoney(money),
    currency: money.currency,
    at: at.toISOString(),
  };
}

function moneyOf({ amount, currency }: { readonly amount: string; readonly currency: Currency }): Money {
  const money = positiveMoney(amount, currency);
  if (typeof money === 'string') throw invalid('amount', money);
  return money;
}
