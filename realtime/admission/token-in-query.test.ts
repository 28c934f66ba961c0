import { expect, test } from 'vitest';
import { hasTokenInQuery } from './token-in-query.ts';

test.each(['token=abc', 'access_token=abc', 'auth=abc', 'token=', 'token', 'a=1&token=abc', '%74oken=abc'])(
  'a query with %s has a token in it',
  (query) => {
    expect(hasTokenInQuery({ url: `/socket.io/?EIO=4&transport=websocket&${query}` })).toBe(true);
  },
);

test.each(['/socket.io/?EIO=4&transport=websocket', '/socket.io/?EIO=4&t=token', '/', undefined])(
  '%s has none',
  (url) => {
    expect(hasTokenInQuery(url === undefined ? {} : { url })).toBe(false);
  },
);
