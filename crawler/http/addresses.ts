/**
 * Which network addresses a public crawler must not touch, and which hosts are this machine.
 * Knows nothing of HTTP; client.ts asks it about every address it is about to connect to.
 */
import { BlockList, isIP, isIPv6 } from 'node:net'

/** IANA special-purpose registries (RFC 6890 and updates): everything that is not globally reachable unicast. */
const forbidden4: readonly (readonly [string, number])[] = [
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
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]
const forbidden6: readonly (readonly [string, number])[] = [
  ['::', 128],
  ['::1', 128],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
]

function blockList(): BlockList {
  const list = new BlockList()
  for (const [network, prefix] of forbidden4) list.addSubnet(network, prefix, 'ipv4')
  for (const [network, prefix] of forbidden6) list.addSubnet(network, prefix, 'ipv6')
  return list
}

const forbidden = blockList()

/** True for a private, loopback, link-local or otherwise not public IP address; IPv4 inside IPv6 counts as IPv4. */
export function isPrivateAddress(address: string): boolean {
  const bare = address.replace(/%.*$/, '')
  return forbidden.check(bare, isIPv6(bare) ? 'ipv6' : 'ipv4')
}

/** A URL's hostname without the brackets of an IPv6 literal. */
export function bareHostname(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1')
}

/** True where the name itself says this machine: localhost (RFC 6761), 127.0.0.0/8, ::1. */
export function isLoopbackHost(url: URL): boolean {
  const name = bareHostname(url)
  if (isIP(name) === 0) return name === 'localhost' || name.endsWith('.localhost')
  return name === '::1' || name.startsWith('127.')
}
