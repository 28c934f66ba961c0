import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { Cursor, NextCursor, limit } from '../../http/paging.ts';
import { WalletId } from '../../ids.ts';
import { Transaction, TransactionDetail, TransactionType, transactionParams } from './transaction.ts';

/** A moment, or the day that begins with it in UTC. */
export const Moment = z.union([z.iso.datetime({ offset: true }), z.iso.date()]).transform((text) => new Date(text));

export const listTransactions = defineCall({
  name: 'listTransactions',
  method: 'GET',
  path: '/payments/transactions',
  summary: 'The history of the caller, newest first',
  tag: 'payments',
  access: 'user',
  query: z.strictObject({
    wallet_id: WalletId.optional(),
    type: TransactionType.optional(),
    from: Moment.optional().meta({ description: 'From this moment on' }),
    to: Moment.optional().meta({ description: 'Before this moment' }),
    cursor: Cursor.optional(),
    limit: limit(20),
  }),
  answers: { 200: z.object({ transactions: z.array(Transaction), next_cursor: NextCursor }) },
  rate: 'read',
});

export const getTransaction = defineCall({
  name: 'getTransaction',
  method: 'GET',
  path: '/payments/transactions/{id}',
  summary: 'One transaction with every status it has had',
  tag: 'payments',
  access: 'user',
  params: transactionParams,
  answers: { 200: TransactionDetail },
  rate: 'read',
});
