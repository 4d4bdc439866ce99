/**
 * Decodes Johab (KS C 5601-1987 annex 3, code page 1361): the encoding of Korean DOS, which no decoder at hand knows.
 * Hangul is composed from its three five-bit fields; symbols and Hanja are mapped to their EUC-KR pair, which the
 * caller's EUC-KR decoder reads.
 */

const INITIALS = 'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ'
const MEDIALS = 'ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ'
const FINALS = 'ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ'
const INVALID = -1
const EMPTY = -2

function initialIndex(code: number): number {
  return code === 1 ? EMPTY : code >= 2 && code <= 20 ? code - 2 : INVALID
}

/** The codes leave gaps so that no trail byte is a control character: 3–7, 10–15, 18–23, 26–29. */
function medialIndex(code: number): number {
  if (code === 2) return EMPTY
  if (code >= 3 && code <= 7) return code - 3
  if (code >= 10 && code <= 15) return code - 5
  if (code >= 18 && code <= 23) return code - 7
  return code >= 26 && code <= 29 ? code - 9 : INVALID
}

function finalIndex(code: number): number {
  if (code === 1) return EMPTY
  if (code >= 2 && code <= 17) return code - 2
  return code >= 19 && code <= 29 ? code - 3 : INVALID
}

function hangul(pair: number): string | null {
  const initial = initialIndex((pair >> 10) & 31)
  const medial = medialIndex((pair >> 5) & 31)
  const final = finalIndex(pair & 31)
  if (initial === INVALID || medial === INVALID || final === INVALID) return null
  if (initial >= 0 && medial >= 0) {
    return String.fromCharCode(0xac00 + (initial * 21 + medial) * 28 + (final === EMPTY ? 0 : final + 1))
  }
  const parts = [INITIALS[initial], MEDIALS[medial], FINALS[final]].filter((part) => part !== undefined)
  return parts.length === 1 ? parts.join('') : null
}

/** The EUC-KR pair of a symbol (leads D9–DE) or a Hanja (leads E0–F9); each lead holds two rows of KS X 1001. */
function eucPair(lead: number, trail: number): readonly [number, number] | null {
  const symbols = lead >= 0xd9 && lead <= 0xde
  if (!symbols && !(lead >= 0xe0 && lead <= 0xf9)) return null
  const row = symbols ? (lead - 0xd9) * 2 + 0xa1 : (lead - 0xe0) * 2 + 0xca
  if (trail >= 0x31 && trail <= 0x7e) return [row, trail + 0x70]
  if (trail >= 0x91 && trail <= 0xa0) return [row, trail + 0x5e]
  return trail >= 0xa1 && trail <= 0xfe ? [row + 1, trail] : null
}

/** Text of Johab bytes; what is no Johab becomes U+FFFD. `eucKr` decodes one EUC-KR pair. */
export function decodeJohab(bytes: Uint8Array, eucKr: (pair: Uint8Array) => string): string {
  const pieces: string[] = []
  for (let i = 0; i < bytes.length; i++) {
    const lead = bytes[i]!
    if (lead < 0x80) {
      pieces.push(lead === 0x5c ? '₩' : String.fromCharCode(lead))
      continue
    }
    const trail = bytes[i + 1]
    const pair = trail === undefined ? null : eucPair(lead, trail)
    const decoded =
      trail === undefined ? null : pair === null ? hangul((lead << 8) | trail) : eucKr(Uint8Array.from(pair))
    pieces.push(decoded ?? '\ufffd')
    // An ASCII byte after a broken lead is text of its own.
    if (decoded !== null || (trail !== undefined && trail >= 0x80)) i++
  }
  return pieces.join('')
}
