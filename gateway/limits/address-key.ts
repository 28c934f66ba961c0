import { isIPv6, SocketAddress } from 'node:net';

/**
 * What an address is counted under: an IPv4 address by itself, an IPv6 one by its /64, since a home or a phone is given
 * that many at once and could otherwise have a budget for each.
 */
export function addressKey(ip: string): string {
  if (!isIPv6(ip)) return ip;
  const [head = '', tail] = new SocketAddress({ address: ip.split('%')[0]!, family: 'ipv6' }).address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array<string>(Math.max(0, zeros)).fill('0'), ...after].slice(0, 4).join(':');
}
