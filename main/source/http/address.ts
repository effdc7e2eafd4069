import { type LookupAddress, lookup as resolveName } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/**
 * Where no redirect may lead: addresses that only this machine's surroundings answer, and that hand out credentials.
 * Without it any watched server could make Midwatch read a cloud machine's identity.
 * Sources: RFC 3927, RFC 4291 §2.5.6; https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html
 */
const FORBIDDEN = new BlockList();
FORBIDDEN.addSubnet('169.254.0.0', 16, 'ipv4');
FORBIDDEN.addAddress('100.100.100.200', 'ipv4');
FORBIDDEN.addAddress('168.63.129.16', 'ipv4');
FORBIDDEN.addAddress('192.0.0.192', 'ipv4');
FORBIDDEN.addSubnet('fe80::', 10, 'ipv6');
FORBIDDEN.addAddress('fd00:ec2::254', 'ipv6');
FORBIDDEN.addAddress('fd20:ce::254', 'ipv6');
// The same IPv4 link-local range behind an IPv6 translator.
FORBIDDEN.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6');

const FORBIDDEN_NAME = /(?:^|\.)metadata\.(?:google\.)?internal\.?$|^metadata$|^instance-data(?:\.|$)/i;

/** Whether the IP address is link-local or a cloud's metadata service; IPv4 inside IPv6 is seen through. */
export function isForbiddenIp(address: string): boolean {
  const plain = address.replace(/%.*$/, '');
  const family = isIP(plain);
  if (family === 0) return false;
  return FORBIDDEN.check(plain, family === 6 ? 'ipv6' : 'ipv4');
}

/** Whether a URL's host names such a place outright. Names that only resolve to one are caught by `guardedLookup`. */
export function isForbiddenHost(hostname: string): boolean {
  return FORBIDDEN_NAME.test(hostname) || isForbiddenIp(hostname.replace(/^\[|\]$/g, ''));
}

export class ForbiddenAddressError extends Error {
  readonly code = 'MIDWATCH_FORBIDDEN_ADDRESS';
}

/** Resolves a name for a redirect and refuses it if any of its addresses is forbidden: the check is on what is dialled. */
export const guardedLookup: LookupFunction = (hostname, options, done) => {
  resolveName(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
    const first = found?.[0];
    if (error || !first) {
      done(error ?? new Error(`${hostname} has no address`), '', 0);
    } else if (found.some((one) => isForbiddenIp(one.address))) {
      done(new ForbiddenAddressError(`${hostname} is a link-local or metadata address`), '', 0);
    } else if (options.all) {
      done(null, found);
    } else {
      done(null, first.address, first.family);
    }
  });
};

/** An address for people and logs: no credentials, no query. */
export function displayAddress(text: string): string {
  if (!URL.canParse(text)) return 'an address that cannot be read';
  const url = new URL(text);
  return `${url.origin}${url.pathname === '/' ? '' : url.pathname}`;
}
