import { expect, test } from 'vitest';
import { addressKey } from './address-key.ts';

test('an IPv4 address stands for itself', () => {
  expect(addressKey('203.0.113.9')).toBe('203.0.113.9');
});

test('addresses of one IPv6 network are one, however they are written', () => {
  const keys = [
    '2001:db8:1:2::1',
    '2001:db8:1:2:ffff:ffff:ffff:ffff',
    '2001:0DB8:0001:0002:0::9',
    '2001:db8:1:2::',
  ].map(addressKey);
  expect(new Set(keys)).toEqual(new Set(['2001:db8:1:2']));
});

test('other networks are others', () => {
  expect(addressKey('2001:db8:1:3::1')).not.toBe(addressKey('2001:db8:1:2::1'));
  expect(addressKey('::1')).toBe('0:0:0:0');
  expect(addressKey('fe80::1%eth0')).toBe('fe80:0:0:0');
  expect(addressKey('1:2:3:4:5:6:7::')).toBe('1:2:3:4');
});

test('what is no address is left as it is', () => {
  expect(addressKey('')).toBe('');
});
