/**
 * HTML character references that were escaped once too often and so are left in a text: &amp;lt; &nbsp; &#44032;.
 * Where a text shows tags as well it's about markup, and stays. References and numbers: HTML Standard, 13.5 and 13.2.5.80.
 */
import { cp1252 } from './c1.ts'

const NAMED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    nbsp: '\u00a0',
    lsquo: '‘',
    rsquo: '’',
    ldquo: '“',
    rdquo: '”',
    sbquo: '‚',
    bdquo: '„',
    laquo: '«',
    raquo: '»',
    lsaquo: '‹',
    rsaquo: '›',
    middot: '·',
    bull: '•',
    hellip: '…',
    ndash: '–',
    mdash: '—',
    shy: '\u00ad',
    sect: '§',
    para: '¶',
    deg: '°',
    prime: '′',
    times: '×',
    divide: '÷',
    plusmn: '±',
    frac12: '½',
    frac14: '¼',
    frac34: '¾',
    sup1: '¹',
    sup2: '²',
    sup3: '³',
    micro: 'µ',
    copy: '©',
    reg: '®',
    trade: '™',
    cent: '¢',
    pound: '£',
    yen: '¥',
    euro: '€',
    not: '¬',
    acute: '´',
    iexcl: '¡',
    iquest: '¿',
    ensp: '\u2002',
    emsp: '\u2003',
    thinsp: '\u2009',
    zwnj: '\u200c',
    zwj: '\u200d',
    lrm: '\u200e',
    rlm: '\u200f',
    larr: '←',
    uarr: '↑',
    rarr: '→',
    darr: '↓',
    harr: '↔',
    radic: '√',
    infin: '∞',
    ne: '≠',
    le: '≤',
    ge: '≥',
    minus: '−',
    hearts: '♥',
    spades: '♠',
    clubs: '♣',
    diams: '♦',
    loz: '◊',
    dagger: '†',
    permil: '‰',
    oline: '‾',
    szlig: 'ß',
    Agrave: 'À',
    Aacute: 'Á',
    Auml: 'Ä',
    Eacute: 'É',
    Ouml: 'Ö',
    Uuml: 'Ü',
    agrave: 'à',
    aacute: 'á',
    acirc: 'â',
    auml: 'ä',
    aring: 'å',
    aelig: 'æ',
    ccedil: 'ç',
    egrave: 'è',
    eacute: 'é',
    ecirc: 'ê',
    euml: 'ë',
    iacute: 'í',
    icirc: 'î',
    ntilde: 'ñ',
    oacute: 'ó',
    ocirc: 'ô',
    ouml: 'ö',
    oslash: 'ø',
    uacute: 'ú',
    ucirc: 'û',
    uuml: 'ü',
    alpha: 'α',
    beta: 'β',
    pi: 'π',
  }),
)
const REFERENCE = /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z]{2,8}\d{0,2}));/g
const TAG = /<\/?[a-zA-Z][a-zA-Z0-9]{0,20}(?:[\s/>]|$)|<!--/
/** Escaped again and again: &amp;amp;lt; */
const ROUNDS = 4

export function unescapeReferences(text: string): string {
  if (!text.includes('&') || TAG.test(text)) return text
  let current = text
  for (let round = 0; round < ROUNDS; round++) {
    const next = current.replace(REFERENCE, character)
    if (next === current) break
    current = next
  }
  return current
}

function character(reference: string, decimal?: string, hexadecimal?: string, name?: string): string {
  if (name !== undefined) return NAMED.get(name) ?? reference
  const point = decimal !== undefined ? Number(decimal) : Number.parseInt(hexadecimal!, 16)
  const isControl = point < 0x20 && point !== 0x09 && point !== 0x0a && point !== 0x0d
  if (isControl || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return reference
  return cp1252(String.fromCodePoint(point))
}
