/**
 * Bytes of a page to text. The order is the web's (byte order mark, HTTP charset, meta, detection), but a label that
 * the bytes contradict loses: on the Korean web UTF-8 is served as EUC-KR, EUC-KR as ISO-8859-1, and worse.
 * EUC-KR is read as its superset CP949. It knows bytes and labels only; HTML is read by extract/.
 */
import iconv from 'iconv-lite'
import { decodeJohab } from './johab.ts'

export interface DecodedBody {
  readonly text: string
  /** `utf-8`, `cp949`, `johab`, `iso-2022-kr`, `utf-16le`, `utf-16be`, or the WHATWG name of another encoding. */
  readonly encoding: string
  /** U+FFFD in the text: bytes the encoding has no character for, and those the page itself holds. */
  readonly replaced: number
}

/** Detection looks at this many bytes; the whole body is decoded once, with the answer. */
const SAMPLE_BYTES = 1 << 17
/** The HTML standard asks for 1,024; real pages put longer comments before their meta. */
const META_BYTES = 4096
/** Running Korean scores about .5, wrong decodings below .1. */
const MIN_KOREANNESS = 0.2
const KOREAN_LABELS =
  /^(?:euc[-_]?kr|cp-?949|ms949|uhc|x-windows-949|windows-949|ks_?c_?5601.*|ks[-_]?x[-_]?1001|korean)$/
const JOHAB_LABELS = /^(?:johab|ms1361|cp1361|x-johab|ksc5601_1992)$/
/** The commonest syllables of running Korean: about half of any text is made of them, and next to nothing of mojibake. */
const COMMON = new Set(
  '이다는에을의가고하지은로기한를사도시인어정자그해리대아있일스나서라으들수보과장부제게적것만원여전면구',
)

/** Decodes the body of a page or feed; `contentType` is the HTTP header as it came. Never throws. */
export function decodeBody(bytes: Uint8Array, contentType: string | null): DecodedBody {
  const encoding = chooseEncoding(bytes, contentType)
  const text = decodeAs(bytes, encoding)
  return { text, encoding, replaced: countOf(text, '\ufffd') }
}

function countOf(text: string, character: string): number {
  let count = 0
  for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1)) count++
  return count
}

function chooseEncoding(bytes: Uint8Array, contentType: string | null): string {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8'
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  const sample = bytes.subarray(0, SAMPLE_BYTES)
  const unmarked = unmarkedUtf16(sample)
  if (unmarked !== null) return unmarked
  if (sample.every((byte) => byte < 0x80)) {
    // Seven bits: ISO-2022-KR announces itself (RFC 1557); the rest of a long body may still hold other bytes.
    if (find(sample, [0x1b, 0x24, 0x29, 0x43])) return 'iso-2022-kr'
    if (bytes.length === sample.length) return 'utf-8'
  }
  const label = httpLabel(contentType) ?? metaLabel(sample)
  return reconcile(label === null ? null : canonical(label), sample)
}

/** The label if the bytes bear it out, otherwise what they look like. */
function reconcile(label: string | null, sample: Uint8Array): string {
  const utf8 = decodeAs(sample, 'utf-8')
  const broken = countOf(utf8, '\ufffd')
  let wide = 0
  for (let i = 0; i < utf8.length; i++) if (utf8.charCodeAt(i) >= 0x80) wide++
  // A few broken bytes are a truncated field, or the end of the sample, not another encoding.
  if (broken <= 3 + wide / 100 && broken < wide / 2) {
    // Two bytes of EUC-KR may pass for one Latin letter of UTF-8; three bytes hardly ever do.
    if (label === null || label === 'utf-8' || /[\u0800-\ufffc]/.test(utf8)) return 'utf-8'
  }
  if (label === 'cp949' || label === 'johab') return better(label, sample)
  if (label !== null && label !== 'utf-8' && label !== 'windows-1252') return label
  const korean = better('cp949', sample)
  if (koreanness(decodeAs(sample, korean)) > MIN_KOREANNESS) return korean
  return label ?? 'windows-1252'
}

/** Of the two eight-bit encodings of Korean, the favourite, unless the other gives clearly more Korean. */
function better(favourite: 'cp949' | 'johab', sample: Uint8Array): string {
  const other = favourite === 'cp949' ? 'johab' : 'cp949'
  const lead = koreanness(decodeAs(sample, other)) - koreanness(decodeAs(sample, favourite))
  return lead > 0.1 ? other : favourite
}

/** Share of common syllables among the characters beyond ASCII: about .5 for Korean, near 0 for a wrong decoding. */
function koreanness(text: string): number {
  let wide = 0
  let common = 0
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) < 0x80) continue
    wide++
    if (COMMON.has(text[i]!)) common++
  }
  return wide === 0 ? 0 : common / wide
}

function httpLabel(contentType: string | null): string | null {
  return contentType?.match(/charset\s*=\s*["']?\s*([\w.:-]+)/i)?.[1] ?? null
}

function metaLabel(sample: Uint8Array): string | null {
  const head = Buffer.from(sample.subarray(0, META_BYTES)).toString('latin1')
  const found =
    head.match(/<meta\s[^>]*charset\s*=\s*["']?\s*([\w.:-]+)/i)?.[1] ??
    head.match(/^\s*<\?xml\s[^>]*encoding\s*=\s*["']\s*([\w.:-]+)/i)?.[1] ??
    null
  // A meta that could be read byte by byte is not in UTF-16 (HTML standard, 13.2.3.2).
  return found !== null && /^utf-?16/i.test(found) ? 'utf-8' : found
}

/** Our name for a label, or null for one nobody knows. */
function canonical(label: string): string | null {
  const name = label.trim().toLowerCase()
  if (KOREAN_LABELS.test(name)) return 'cp949'
  if (JOHAB_LABELS.test(name)) return 'johab'
  if (name === 'utf8') return 'utf-8'
  // ISO-2022-KR was settled by its announcement; without it the label is wrong.
  if (name === 'iso-2022-kr' || !iconv.encodingExists(name)) return null
  return /^(?:us-)?ascii$|^(?:iso-?8859-?1|latin-?1|windows-1252|cp1252)$/.test(name) ? 'windows-1252' : name
}

function decodeAs(bytes: Uint8Array, encoding: string): string {
  // The byte order mark is no text; TextDecoder takes it off, iconv-lite too.
  if (encoding === 'utf-8') return new TextDecoder('utf-8').decode(bytes)
  if (encoding === 'johab') return decodeJohab(bytes, (pair) => iconv.decode(pair, 'cp949'))
  if (encoding === 'iso-2022-kr') return iconv.decode(eightBit(bytes), 'cp949')
  return iconv.decode(bytes, encoding)
}

/** ISO-2022-KR (RFC 1557) as EUC-KR: between SO and SI a byte stands for its like with the high bit set. */
function eightBit(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length)
  let length = 0
  let shifted = false
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!
    if (byte === 0x1b && bytes[i + 1] === 0x24 && bytes[i + 2] === 0x29 && bytes[i + 3] === 0x43) i += 3
    else if (byte === 0x0e) shifted = true
    else if (byte === 0x0f) shifted = false
    else {
      // A line ends in ASCII whatever came before it.
      if (byte === 0x0a) shifted = false
      out[length++] = shifted && byte > 0x20 && byte < 0x7f ? byte | 0x80 : byte
    }
  }
  return out.subarray(0, length)
}

/** UTF-16 without a mark: markup puts a zero beside most of its characters. */
function unmarkedUtf16(sample: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const head = sample.subarray(0, 512)
  if (head.length < 8) return null
  let even = 0
  let odd = 0
  for (let i = 0; i < head.length; i++) {
    if (head[i] === 0) i % 2 === 0 ? even++ : odd++
  }
  const half = head.length / 2
  if (odd > half * 0.4 && even < half * 0.05) return 'utf-16le'
  return even > half * 0.4 && odd < half * 0.05 ? 'utf-16be' : null
}

function find(bytes: Uint8Array, pattern: readonly number[]): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(Buffer.from(pattern))
}
