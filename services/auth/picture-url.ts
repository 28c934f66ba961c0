import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** Addresses that are not of the public internet (RFC 6890 and its registry); a list each, since Node maps one on the other. */
const NOT_PUBLIC = { 4: new BlockList(), 6: new BlockList() } as const;
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  NOT_PUBLIC[4].addSubnet(net, bits, 'ipv4');
}
// Outside 2000::/3 nothing is public; within it, 6to4 and Teredo wrap IPv4 addresses, and 2001:db8::/32 is for examples.
for (const [net, bits] of [
  ['::', 3],
  ['4000::', 2],
  ['8000::', 1],
  ['2001::', 32],
  ['2001:db8::', 32],
  ['2002::', 16],
] as const) {
  NOT_PUBLIC[6].addSubnet(net, bits, 'ipv6');
}

/** Names that only mean something inside a network. */
const INSIDE_NAMES = /(^|\.)(localhost|local|internal|intranet|lan|home\.arpa|onion)$/;

const MEDIA_PATH = /^\/api\/v1\/media\/[0-9a-f-]{36}$/;

/**
 * The URL of a picture that someone gave, in its normal form: `https` on a public host, or our own media.
 *
 * @param publicUrl the setting PUBLIC_URL
 * @returns undefined when it may not be used
 */
export function pictureUrl(text: string, publicUrl: string): string | undefined {
  if (MEDIA_PATH.test(text)) return text;
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return undefined;
  if (url.origin === new URL(publicUrl).origin) return MEDIA_PATH.test(url.pathname) ? url.href : undefined;
  return url.protocol === 'https:' && isPublicHost(url.hostname) ? url.href : undefined;
}

/** `hostname` as the URL standard writes it: numbers of any base have become a dotted address by then. */
function isPublicHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (isIPv4(host)) return !NOT_PUBLIC[4].check(host, 'ipv4');
  if (isIPv6(host)) return !NOT_PUBLIC[6].check(host, 'ipv6');
  return host.includes('.') && !INSIDE_NAMES.test(host);
}
