/**
 * E-mail addresses (RFC 5321's dot-atom form, ASCII), and the ways people hide them from programs: 골뱅이, (at), [at],
 * "dot", spaces around the sign. Addresses in URLs and of repositories are places, not people.
 */
import type { Range } from '../personal.ts'

const LOCAL_LENGTH = 64
const DOT = '(?:\\.| ?[([{] ?(?:dot|점|닷) ?[)\\]}] ?| ?(?:닷|쩜) ?| dot )'
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const DOMAIN = new RegExp(`${LABEL}(?:${DOT}${LABEL}){0,4}${DOT}(?:[a-z]{2,24}|컴|넷)(?![a-z0-9-])`, 'iy')
/** Mail services by their Korean names; the ending is often left out. */
const NAMED =
  /(?:네이버|다음|한메일|지메일|구글|네이트|핫메일|야후|카카오|아이클라우드)(?: ?(?:\.|닷|점|쩜) ?(?:컴|com|넷|net))?/iy
/** With spaces around the sign only these: "photo @ flickr.com" is no address. */
const SERVICE =
  /^(?:naver\.com|gmail\.com|hanmail\.net|daum\.net|nate\.com|hotmail\.com|kakao\.com|yahoo\.(?:com|co\.kr)|outlook\.com|icloud\.com|korea\.kr|example\.(?:com|org|net))$/i
const SIGN = /@|골뱅이|[([{<] ?(?:at|앳|골뱅이) ?[)\]}>]| at (?=[a-z0-9-]{1,63} dot )/gi
/** Files, and paths into data, are no hosts: icon@2x.png, content@list.0.title. */
const NO_HOST =
  /\.\d{1,2}\.|\.(?:png|jpe?g|gif|svg|webp|bmp|ico|css|s?js|tsx?|jsx|json|ya?ml|html?|xml|md|txt|pdf|zip|py|sh|exe|dll)$/i
const AUTHORITY = /[a-z][a-z0-9+.-]{1,20}:\/\/\S{0,200}$/i

export function findEmails(text: string): readonly Range[] {
  const found: Range[] = []
  for (const sign of text.matchAll(SIGN)) {
    const range = addressAround(text, sign.index, sign.index + sign[0].length)
    if (range !== null) found.push(range)
  }
  return found
}

function addressAround(text: string, signStart: number, signEnd: number): Range | null {
  const localEnd = text[signStart - 1] === ' ' ? signStart - 1 : signStart
  const start = localStart(text, localEnd)
  if (start === localEnd) return null
  const domainStart = text[signEnd] === ' ' ? signEnd + 1 : signEnd
  const isPlain = text[signStart] === '@'
  const end = domainEnd(text, domainStart, !isPlain)
  if (end === null) return null
  const domain = text.slice(domainStart, end)
  const isSpaced = localEnd < signStart || domainStart > signEnd
  if (NO_HOST.test(domain) || (isPlain && isSpaced && !SERVICE.test(domain))) return null
  return isPlace(text, start, end) || isPrincipal(text, start, domain) ? null : { start, end }
}

function domainEnd(text: string, start: number, hidden: boolean): number | null {
  for (const form of hidden ? [DOMAIN, NAMED] : [DOMAIN]) {
    form.lastIndex = start
    if (form.test(text)) return form.lastIndex
  }
  return null
}

/** Walks back over the local part; it starts with a letter or digit and holds no two dots in a row. */
function localStart(text: string, end: number): number {
  let start = end
  const least = Math.max(0, end - LOCAL_LENGTH)
  while (start > least && isLocal(text.charCodeAt(start - 1))) {
    if (text[start - 1] === '.' && (start === end || text[start] === '.')) break
    start--
  }
  while (start < end && !isAlphanumeric(text.charCodeAt(start))) start++
  return start
}

/** Credentials in a URL, the address of a repository: the host is what is meant. */
function isPlace(text: string, start: number, end: number): boolean {
  if (text.startsWith('git@', start) && (text[end] === ':' || text[end] === '/')) return true
  return AUTHORITY.test(text.slice(Math.max(0, start - 220), start))
}

/** A Kerberos principal of a service, http/_HOST@REALM.COM. */
function isPrincipal(text: string, start: number, domain: string): boolean {
  return domain === domain.toUpperCase() && /[a-z]\/_?$/i.test(text.slice(Math.max(0, start - 3), start))
}

function isAlphanumeric(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a)
}

/** Letters, digits, and of the atom's marks those in use: . _ % + - */
function isLocal(code: number): boolean {
  return isAlphanumeric(code) || code === 0x2e || code === 0x5f || code === 0x25 || code === 0x2b || code === 0x2d
}
