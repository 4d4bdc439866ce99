/**
 * Fake values that keep a corpus consistent: the same value has the same pseudonym under the same secret, and nobody
 * without the secret can test a guess (HMAC-SHA-256, RFC 2104). Each has the form of its kind and shows that it is fake.
 */
import { createHmac } from 'node:crypto'
import { fold } from './fold.ts'
import type { PersonalKind } from './personal.ts'

/** Number n of a kind's fakes; n is below 2³². */
const FAKES: Readonly<Record<PersonalKind, (n: number) => string>> = {
  /** The domain of RFC 2606. */
  email: (n) => `user${padded(n, 6)}@example.com`,
  /** Born on the last day of 2099. */
  resident_registration: (n) => `991231-8${padded(n, 6)}`,
  /** A region that does not exist. */
  driver_licence: (n) => `99-00-${padded(n, 6)}-00`,
  card: (n) => cardNumber(`99990000${padded(n, 7)}`),
  /** The exchange 0000 is given to nobody. */
  phone: (n) => `010-0000-${padded(n, 4)}`,
  passport: (n) => `M0000${padded(n, 4)}`,
  account: (n) => `000-000-${padded(n, 6)}`,
  /** Reserved for measurements, 198.18.0.0/15 (RFC 2544). */
  ip: (n) => `198.${18 + ((n >>> 16) & 1)}.${(n >>> 8) & 255}.${n & 255}`,
}
const IS_FAKE: Readonly<Record<PersonalKind, RegExp>> = {
  email: /^user\d{6}@example\.com$/,
  resident_registration: /^991231-8\d{6}$/,
  driver_licence: /^99-00-\d{6}-00$/,
  card: /^9999-0000-\d{4}-\d{4}$/,
  phone: /^010-0000-\d{4}$/,
  passport: /^M0000\d{4}$/,
  account: /^000-000-\d{6}$/,
  ip: /^198\.1[89]\.\d{1,3}\.\d{1,3}$/,
}

/** The pseudonym of a written value; that of a pseudonym is itself. Written forms of one number have one pseudonym. */
export function pseudonymOf(kind: PersonalKind, written: string, secret: string): string {
  if (IS_FAKE[kind].test(written)) return written
  const mac = createHmac('sha256', secret)
    .update(`${kind}\0${canonical(kind, written)}`)
    .digest()
  return FAKES[kind](mac.readUInt32BE(0))
}

const HANGUL_DIGITS = '공일이삼사오육칠팔구'
const OTHER_DIGITS: Readonly<Record<string, string>> = { 영: '0', 빵: '0', 륙: '6', o: '0', l: '1' }

/** What the written forms of one value share. */
function canonical(kind: PersonalKind, written: string): string {
  const plain = fold(written).text.toLowerCase()
  switch (kind) {
    case 'email':
      return plain
        .replace(/ ?[([{<]? ?(?:at|앳|골뱅이|@) ?[)\]}>]? ?/, '@')
        .replace(/ ?[([{]? ?(?:dot|점|닷|쩜) ?[)\]}]? ?/g, '.')
    case 'phone': {
      const digits = plain.replace(/./gu, (c) =>
        HANGUL_DIGITS.includes(c) ? String(HANGUL_DIGITS.indexOf(c)) : (OTHER_DIGITS[c] ?? c),
      )
      return digits.replace(/\D/g, '').replace(/^(?:00)?820?/, '0')
    }
    case 'ip':
      return plain
    default:
      return plain.replace(/[^\p{L}\d]/gu, '')
  }
}

function padded(n: number, digits: number): string {
  return String(n % 10 ** digits).padStart(digits, '0')
}

/** Fifteen digits and the one that completes them by Luhn, in groups of four. */
function cardNumber(fifteen: string): string {
  let sum = 0
  for (let i = 0; i < 15; i++) {
    const digit = Number(fifteen[i])
    sum += i % 2 === 1 ? digit : digit * 2 - (digit > 4 ? 9 : 0)
  }
  const digits = fifteen + String((10 - (sum % 10)) % 10)
  return digits.replace(/\d{4}(?=\d)/g, '$&-')
}
