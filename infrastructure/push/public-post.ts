import { lookup as resolveName, type LookupAddress } from 'node:dns';
import https from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { SECOND } from '#shared/time.ts';

const ANSWER_WITHIN_MS = 8 * SECOND;

/** What is not the public internet (IANA's special-purpose registries); apart, since a list takes each for the other. */
const PRIVATE = { ipv4: new BlockList(), ipv6: new BlockList() };
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  PRIVATE.ipv4.addSubnet(network, bits, 'ipv4');
}
// Everything but the global unicast addresses, and of those what embeds an IPv4 address or is set aside.
for (const [network, bits] of [
  ['::', 3],
  ['4000::', 2],
  ['8000::', 1],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  PRIVATE.ipv6.addSubnet(network, bits, 'ipv6');
}

/** Whether an address is one of the public internet. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  const kind = family === 6 ? 'ipv6' : 'ipv4';
  return !PRIVATE[kind].check(address, kind);
}

/** Resolves a name for a connection, and refuses it unless each of its addresses is public: the one used is one of them. */
const publicLookup: LookupFunction = (hostname, options, done) => {
  resolveName(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error !== null) {
      done(error, []);
      return;
    }
    if (addresses.length === 0 || !addresses.every(({ address }) => isPublicAddress(address))) {
      done(Object.assign(new Error('not a public address'), { code: 'EHOSTUNREACH' }), []);
      return;
    }
    if (options.all === true) done(null, addresses);
    else done(null, addresses[0]!.address, addresses[0]!.family);
  });
};

export type Posted = { readonly status: number; readonly header: (name: string) => string | undefined };

/**
 * Posts to an address that a client gave: https only, public addresses only, no redirects, and the answer's body is not
 * read. The address that was checked is the one that is connected to.
 *
 * @throws when there is no answer; with a code of a connection that was never made when nothing was said
 */
export function publicPost(url: string, headers: Readonly<Record<string, string>>, body: Buffer): Promise<Posted> {
  const { hostname } = new URL(url);
  const literal = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(literal) !== 0 && !isPublicAddress(literal)) {
    return Promise.reject(Object.assign(new Error('not a public address'), { code: 'EHOSTUNREACH' }));
  }
  return new Promise((resolve, reject) => {
    const request = https.request(url, {
      method: 'POST',
      headers,
      lookup: publicLookup,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    request.on('error', reject);
    request.on('response', (response) => {
      response.resume();
      response.destroy();
      const header = (name: string) => {
        const value = response.headers[name];
        return typeof value === 'string' ? value : undefined;
      };
      resolve({ status: response.statusCode ?? 0, header });
    });
    request.end(body);
  });
}
