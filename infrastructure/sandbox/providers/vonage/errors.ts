import { randomUUID } from 'node:crypto';
import type { Answer } from '../../frame/endpoint.ts';

/** Vonage answers errors as problem documents. */
export function vonageError(status: number, type: string, title: string, detail: string): Answer {
  return {
    status,
    body: { type: `https://developer.vonage.com/api-errors#${type}`, title, detail, instance: randomUUID() },
  };
}

export const unauthorized = vonageError(
  401,
  'unauthorized',
  'You did not provide correct credentials.',
  'Check your authentication details and try again.',
);

export const notFound = vonageError(404, 'not-found', 'Not found', 'There is no such resource.');

export const internalError = vonageError(
  500,
  'internal-error',
  'Internal error',
  'There was an error processing your request in the Platform.',
);
