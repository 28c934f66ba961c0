import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { makeClientAddress } from './client-address.ts';

function from(peer: string, forwarded?: string): IncomingMessage {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return { socket: { remoteAddress: peer }, headers } as unknown as IncomingMessage;
}

test('a setting that is no address is refused', () => {
  for (const wrong of ['proxy.internal', '10.0.0.300', '', '10.0.0.0/33'])
    expect(() => makeClientAddress([wrong])).toThrow();
});

test('nobody is believed when no proxy is configured', () => {
  expect(makeClientAddress([])(from('10.0.0.1', '203.0.113.9'))).toBe('10.0.0.1');
});

test('a peer that is no configured proxy is not believed', () => {
  expect(makeClientAddress(['10.0.0.1'])(from('10.0.0.2', '203.0.113.9'))).toBe('10.0.0.2');
});

test('what a client wrote before its proxy wrote its address is not believed', () => {
  expect(makeClientAddress(['10.0.0.1'])(from('10.0.0.1', '1.1.1.1, 203.0.113.9'))).toBe('203.0.113.9');
});

test('a chain of configured proxies is followed, IPv6 networks too', () => {
  const addressOf = makeClientAddress(['10.0.0.0/8', 'fd00::/8']);
  expect(addressOf(from('fd00::7', '203.0.113.9, 10.3.4.5'))).toBe('203.0.113.9');
  expect(addressOf(from('10.0.0.1', '10.9.9.9'))).toBe('10.9.9.9');
});

test('an IPv4 peer of a dual-stack server is that peer', () => {
  expect(makeClientAddress(['10.0.0.1'])(from('::ffff:10.0.0.1', '::ffff:203.0.113.9'))).toBe('203.0.113.9');
});
