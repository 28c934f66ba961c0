import { expect, test } from 'vitest';
import { makeRouteTable } from './route-table.ts';

const table = makeRouteTable([
  { method: 'GET', path: '/users/profile', entry: 'profile' },
  { method: 'GET', path: '/users/{id}', entry: 'user' },
  { method: 'PUT', path: '/users/{id}/block', entry: 'block' },
  { method: 'DELETE', path: '/users/{id}/block', entry: 'unblock' },
  { method: 'GET', path: '/users/profile/pictures/{name}', entry: 'picture' },
]);

test('two calls at one address with one method are refused', () => {
  const twice = { method: 'GET', path: '/a', entry: 1 } as const;
  expect(() => makeRouteTable([twice, twice])).toThrow('two calls at GET /a');
});

test('two names for one parameter are refused', () => {
  const entries = [
    { method: 'GET', path: '/a/{id}', entry: 1 },
    { method: 'PUT', path: '/a/{name}', entry: 2 },
  ] as const;
  expect(() => makeRouteTable(entries)).toThrow('names its parameters differently');
});

test('an unknown address, an empty word and a longer or shorter address are not found', () => {
  for (const path of ['/', '/user', '/users', '/users/', '/users/1/block/', '/users//block', '/users/1/2/3']) {
    expect([path, table.find('GET', path).kind]).toEqual([path, 'none']);
  }
});

test('names of what every object has are no addresses', () => {
  expect(table.find('GET', '/__proto__').kind).toBe('none');
  expect(table.find('GET', '/constructor').kind).toBe('none');
});

test('a fixed word goes before a parameter', () => {
  expect(table.find('GET', '/users/profile')).toMatchObject({ entry: 'profile' });
  expect(table.find('GET', '/users/7')).toMatchObject({ entry: 'user', params: { id: '7' } });
});

test('a parameter is tried when the fixed word leads nowhere', () => {
  expect(table.find('PUT', '/users/profile/block')).toMatchObject({ entry: 'block', params: { id: 'profile' } });
});

test('other methods of an address are known, HEAD among them where there is a GET', () => {
  expect(table.find('GET', '/users/7/block')).toEqual({ kind: 'other-methods', methods: ['PUT', 'DELETE'] });
  expect(table.find('HEAD', '/users/7')).toMatchObject({ entry: 'user' });
  expect(table.methodsOf('/users/7')).toEqual(['GET', 'HEAD']);
});

test('parameters are decoded, and stay as they are when they cannot be', () => {
  expect(table.find('GET', '/users/a%20b')).toMatchObject({ params: { id: 'a b' } });
  expect(table.find('GET', '/users/a%2')).toMatchObject({ params: { id: 'a%2' } });
});
