/**
 * IP addresses that name somebody's connection: IPv4 dotted quads and global IPv6 (RFC 4291). Addresses that name no
 * one stay: private, loopback, link-local, documentation, multicast and reserved ones (RFC 6890), networks (/24);
 * and so do version and section numbers of four parts.
 */
import { labelAfter, labelBefore } from '../labels.ts'
import type { Range } from '../personal.ts'

const IPV4 = /\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![\d]|\.\d)/g
/** Global unicast only, 2000::/3; whole or with one `::`. */
const IPV6 =
  /[23][0-9a-f]{3}(?::[0-9a-f]{1,4}){7}(?![\w:])|[23][0-9a-f]{3}(?::[0-9a-f]{1,4}){0,6}::(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,5})?(?![\w:])/gi
const VERSION_BEFORE =
  /(?:버전|버젼|version|ver\.?|v|빌드|build|릴리[스즈]|release|업데이트|update|패치|patch|sdk|\.net|펌웨어|드라이버|제|§|절|섹션|section)\s?[-:=(]?\s?$/i
const VERSION_AFTER =
  /^\)?\s?(?:버전|버젼|version|이상|이하|이후|이전|부터 지원|릴리[스즈]|빌드|build|절|항|장|업데이트|패치|로 업)/i
/** Parts this small are those of versions and sections; an address of such parts needs a word that says so. */
const SMALL = 32

export function findIpAddresses(text: string): readonly Range[] {
  const found: Range[] = []
  for (const match of text.matchAll(IPV4)) {
    const range = { start: match.index, end: match.index + match[0].length }
    if (isPersonalIpv4(text, range, match[0])) found.push(range)
  }
  for (const match of text.matchAll(IPV6)) {
    const range = { start: match.index, end: match.index + match[0].length }
    const isWhole = !/[\w:.]/.test(text[range.start - 1] ?? '') && match[0].length >= 8
    if (isWhole && !/^2001:0?db8:/i.test(match[0]) && text[range.end] !== '/') found.push(range)
  }
  return found
}

function isPersonalIpv4(text: string, { start, end }: Range, address: string): boolean {
  if (/[\w.-]/.test(text[start - 1] ?? '') || /^(?:[a-z_]|-\d|\/\d)/i.test(text.slice(end, end + 2))) return false
  const parts = address.split('.')
  if (parts.some((part) => Number(part) > 255 || (part.length > 1 && part.startsWith('0')))) return false
  const octets = parts.map(Number)
  // Of a URL the host is meant, and a last part of 0 is a network.
  if (!isGlobal(octets) || octets[3] === 0 || text.startsWith('://', start - 3)) return false
  if (VERSION_BEFORE.test(text.slice(Math.max(0, start - 12), start))) return false
  if (VERSION_AFTER.test(text.slice(end, end + 8))) return false
  const before = labelBefore(text, start)
  if (before?.label === 'ip') return true
  if (before?.label === 'other' && before.direct) return false
  return octets.some((octet) => octet >= SMALL) || (!before?.direct && labelAfter(text, end) === 'ip')
}

/** Not in the special-purpose registry of RFC 6890 and its updates, and not multicast or reserved. */
function isGlobal(octets: readonly number[]): boolean {
  const [a = 0, b = 0, c = 0] = octets
  if (a === 0 || a === 10 || a === 127 || a >= 224) return false
  if (a === 100 && b >= 64 && b < 128) return false
  if (a === 169 && b === 254) return false
  if (a === 172 && b >= 16 && b < 32) return false
  if (a === 192 && (b === 168 || (b === 0 && (c === 0 || c === 2)) || (b === 88 && c === 99))) return false
  if (a === 198 && (b === 18 || b === 19 || (b === 51 && c === 100))) return false
  return !(a === 203 && b === 0 && c === 113)
}
