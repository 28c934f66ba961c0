const GROUPS = 8;
/** Of an IPv6 address, the first 64 bits: what one customer is given. */
const NETWORK_GROUPS = 4;
/** An IPv4 address in IPv6's clothes, as the URL standard writes it. */
const MAPPED = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/**
 * Whom an address stands for where something is counted by address: itself, or for IPv6 its /64, since a home or a phone
 * is given that many addresses at once and could otherwise have a budget for each. What is no address stands for itself.
 */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  // The parser knows every way to write an address, and writes each in one.
  const [ip = ''] = address.split('%');
  const canonical = URL.parse(`http://[${ip}]`)?.hostname.slice(1, -1);
  if (canonical === undefined) return address;
  const mapped = MAPPED.exec(canonical);
  if (mapped !== null) return dotted(Number.parseInt(mapped[1]!, 16), Number.parseInt(mapped[2]!, 16));
  const [head = '', tail] = canonical.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array<string>(GROUPS - before.length - after.length).fill('0');
  const groups = tail === undefined ? before : [...before, ...zeros, ...after];
  return `${groups.slice(0, NETWORK_GROUPS).join(':')}::/64`;
}

function dotted(high: number, low: number): string {
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}
