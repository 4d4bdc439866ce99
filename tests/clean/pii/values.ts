/** Made-up personal values of every kind, written as people write them. Nothing here is anybody's. */
import type { PersonalKind } from '../../../clean/pii/personal.ts'
import type { Random } from './random.ts'

export interface Written {
  readonly value: string
  /** Recognised without a word that says what it is. */
  readonly bare: boolean
}
type Maker = (random: Random) => Written

const bare = (value: string): Written => ({ value, bare: true })
const labelled = (value: string): Written => ({ value, bare: false })
const HYPHENS = ['‐', '‑', '–', '—', 'ㅡ', 'ー', '~', ' – ', '−']
const two = (n: number): string => String(n).padStart(2, '0')
const wide = (text: string): string =>
  text.replace(/[!-~]/g, (ascii) => String.fromCharCode(ascii.charCodeAt(0) + 0xfee0))

/* ---------------------------------------------------------------- phone */

const mobile = (random: Random): readonly [string, string, string] =>
  random.below(12) === 0
    ? [random.pick(['011', '016', '017', '018', '019']), `${random.between(2, 9)}${random.digits(2)}`, random.digits(4)]
    : ['010', random.below(8) === 0 ? '0000' : `${random.between(2, 9)}${random.digits(3)}`, random.digits(4)]
const area = (random: Random): readonly [string, string, string] => [
  random.pick([
    '02',
    '02',
    '031',
    '032',
    '033',
    '041',
    '042',
    '043',
    '044',
    '051',
    '052',
    '053',
    '054',
    '055',
    '061',
    '062',
    '063',
    '064',
    '070',
  ]),
  `${random.between(2, 9)}${random.digits(random.between(2, 3))}`,
  random.digits(4),
]
const spell = (digits: string, zero: string): string =>
  Array.from(digits, (digit) => (digit === '0' ? zero : '일이삼사오육칠팔구'[Number(digit) - 1])).join('')

const PHONES: readonly Maker[] = [
  (r) => bare(mobile(r).join('-')),
  (r) => bare(mobile(r).join('-')),
  (r) => bare(mobile(r).join('.')),
  (r) => bare(mobile(r).join(' ')),
  (r) => bare(mobile(r).join(' - ')),
  (r) => bare(mobile(r).join(r.pick(HYPHENS))),
  (r) => labelled(mobile(r).join('')),
  (r) => bare(`010-${r.between(2, 9)}${r.digits(7)}`),
  (r) => bare(`010 ${r.between(2, 9)}${r.digits(7)}`),
  (r) => bare(wide(mobile(r).join('-'))),
  (r) => bare(mobile(r).join('\u200b-')),
  (r) => bare(`+82-10-${r.between(2, 9)}${r.digits(3)}-${r.digits(4)}`),
  (r) => bare(`+82 10 ${r.between(2, 9)}${r.digits(3)} ${r.digits(4)}`),
  (r) => bare(`+8210${r.between(2, 9)}${r.digits(7)}`),
  (r) => bare(`+82 (0)10-${r.between(2, 9)}${r.digits(3)}-${r.digits(4)}`),
  (r) => bare(`82-10-${r.between(2, 9)}${r.digits(3)}-${r.digits(4)}`),
  (r) => bare(`+82-2-${r.between(2, 9)}${r.digits(2)}-${r.digits(4)}`),
  (r) => {
    const [, middle, last] = mobile(r)
    const zero = r.pick(['공', '영'])
    return bare(
      `${zero}일${zero}${r.pick(['-', ' ', ''])}${spell(middle, zero)}${r.pick(['-', ' '])}${spell(last, zero)}`,
    )
  },
  (r) => bare(`공일공-${r.between(2, 9)}${r.digits(3)}-${r.digits(4)}`),
  (r) => bare(`o1o-${r.between(2, 9)}${r.digits(3)}-${r.digits(4)}`),
  (r) => bare(area(r).join('-')),
  (r) => bare(area(r).join('-')),
  (r) => bare(`(${area(r)[0]})${r.between(2, 9)}${r.digits(3)}-${r.digits(4)}`),
  (r) => bare(`${area(r)[0]})${r.between(2, 9)}${r.digits(2)}-${r.digits(4)}`),
  (r) => bare(`${area(r).join('-')}~${r.between(1, 9)}`),
  (r) => labelled(area(r).join('.')),
  (r) => labelled(area(r).join(' ')),
  (r) => labelled(area(r).join('')),
  (r) => bare(`050${r.between(2, 8)}-${r.digits(3)}-${r.digits(4)}`),
  (r) => bare(`0507-1${r.digits(3)}-${r.digits(4)}`),
]

/* ---------------------------------------------------------------- e-mail */

const NAMES = ['minsu', 'jihye', 'hong.gildong', 'k_young', 'sky', 'bada', 'lee-hana', 'moon', 'user', 'park', 'dream']
const local = (r: Random): string =>
  `${r.pick(NAMES)}${r.pick(['', String(r.below(1000)), `.${r.below(99)}`, `_${r.below(9)}`])}`
const host = (r: Random): string =>
  r.pick([
    'naver.com',
    'hanmail.net',
    'gmail.com',
    'daum.net',
    'nate.com',
    'example.com',
    'korea.ac.kr',
    'city.go.kr',
    'my-firm.co.kr',
    'mail.univ.edu',
    'hani.co.kr',
  ])
const service = (r: Random): string => r.pick(['naver.com', 'hanmail.net', 'gmail.com', 'daum.net', 'nate.com'])
const EMAILS: readonly Maker[] = [
  (r) => bare(`${local(r)}@${host(r)}`),
  (r) => bare(`${local(r)}@${host(r)}`),
  (r) => bare(`user${r.digits(6)}@example.com`),
  (r) => bare(`${local(r)}@${host(r)}`.toUpperCase()),
  (r) => bare(`${local(r)}＠${host(r)}`),
  (r) => bare(`${local(r)} @ ${service(r)}`),
  (r) => bare(`${local(r)}${r.pick(['(at)', '[at]', ' (at) ', '{at}', '(AT)'])}${host(r)}`),
  (r) => bare(`${local(r)}(at)${r.pick(['naver', 'gmail', 'daum'])}(dot)com`),
  (r) => bare(`${local(r)} at ${r.pick(['naver', 'gmail'])} dot com`),
  (r) => bare(`${local(r)}골뱅이${host(r)}`),
  (r) => bare(`${local(r)} 골뱅이 ${r.pick(['네이버', '다음', '지메일'])}${r.pick(['', '닷컴', ' 닷컴', '.com'])}`),
  (r) => bare(wide(`${local(r)}@${service(r)}`)),
]

/* ---------------------------------------------------------------- papers and numbers */

const birth = (r: Random): readonly [string, string] => {
  const year = r.between(1930, 2015)
  const foreign = r.below(6) === 0 ? 4 : 0
  const seventh = (year < 2000 ? 1 : 3) + r.below(2) + foreign
  return [`${two(year % 100)}${two(r.between(1, 12))}${two(r.between(1, 28))}`, `${seventh}${r.digits(6)}`]
}
const RESIDENTS: readonly Maker[] = [
  (r) => bare(birth(r).join('-')),
  (r) => bare(birth(r).join('-')),
  (r) => bare(birth(r).join(' - ')),
  (r) => bare(birth(r).join(r.pick(['–', '—', 'ㅡ', '‐', '−']))),
  (r) => bare(wide(birth(r).join('-'))),
  (r) => bare(birth(r).join('-\u200b')),
]

/** The last digit makes every second digit doubled, counted from the right, sum to a multiple of ten. */
const complete = (prefix: string): string => {
  const total = [...prefix].reverse().reduce((sum, digit, i) => {
    const doubled = Number(digit) * 2
    return sum + (i % 2 === 1 ? Number(digit) : doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return `${prefix}${(10 - (total % 10)) % 10}`
}
const card = (r: Random): string =>
  complete(`${r.pick(['4', '51', '55', '9410', '9490', '6250', '35', '5327'])}${r.digits(15)}`.slice(0, 15))
const grouped = (digits: string, sizes: readonly number[], gap: string): string => {
  const starts = sizes.map((_, i) => sizes.slice(0, i).reduce((sum, size) => sum + size, 0))
  return sizes.map((size, i) => digits.slice(starts[i], starts[i]! + size)).join(gap)
}
const CARDS: readonly Maker[] = [
  (r) => bare(grouped(card(r), [4, 4, 4, 4], '-')),
  (r) => bare(grouped(card(r), [4, 4, 4, 4], ' ')),
  (r) => bare(grouped(card(r), [4, 4, 4, 4], r.pick(['–', ' - ', '.']))),
  (r) => bare(wide(grouped(card(r), [4, 4, 4, 4], '-'))),
  (r) => labelled(card(r)),
  (r) => bare(grouped(complete(`37${r.digits(12)}`), [4, 6, 5], r.pick(['-', ' ']))),
]

const ACCOUNT_GROUPS = [
  [6, 2, 6],
  [3, 3, 6],
  [3, 2, 6],
  [4, 3, 6],
  [3, 6, 5],
  [4, 2, 7],
  [3, 4, 4, 2],
  [4, 4, 4],
  [3, 2, 4, 3],
  [3, 6, 2, 3],
  [6, 8],
] as const
const account = (r: Random, gap: string): string => {
  const groups = r.pick<readonly number[]>(ACCOUNT_GROUPS)
  const digits = `${r.between(2, 9)}${r.digits(groups.reduce((sum, size) => sum + size) - 1)}`
  return grouped(digits, groups, gap)
}
const ACCOUNTS: readonly Maker[] = [
  (r) => labelled(account(r, '-')),
  (r) => labelled(account(r, '-')),
  (r) => labelled(account(r, ' ')),
  (r) => labelled(account(r, r.pick(['–', ' - ', 'ㅡ']))),
  (r) => labelled(`${r.between(2, 9)}${r.digits(r.between(10, 13))}`),
  (r) => labelled(wide(account(r, '-'))),
]

const octet = (r: Random): number => r.between(1, 254)
const IPS: readonly Maker[] = [
  (r) =>
    bare(
      [
        r.pick([1, 14, 27, 39, 58, 61, 112, 118, 121, 175, 182, 211, 218, 222]),
        octet(r),
        octet(r),
        r.between(40, 254),
      ].join('.'),
    ),
  (r) => bare([r.pick([59, 106, 110, 123, 180, 203, 210, 220]), octet(r), octet(r), octet(r)].join('.')),
  (r) =>
    bare(
      `2001:${(r.below(0xd00) + 0x200).toString(16)}:${Array.from({ length: 6 }, () => r.below(0x10000).toString(16)).join(':')}`,
    ),
  (r) =>
    bare(
      `2406:${r.below(0x10000).toString(16)}:${r.below(0x10000).toString(16)}::${(r.below(0xffff) + 1).toString(16)}`,
    ),
]

const PASSPORTS: readonly Maker[] = [
  (r) => labelled(`${r.pick(['M', 'M', 'S', 'R'])}${r.digits(8)}`),
  (r) => labelled(`M${r.digits(3)}${r.pick(['A', 'B', 'C', 'D', 'K'])}${r.digits(4)}`),
  (r) => labelled(`m${r.digits(8)}`),
  (r) => labelled(`${r.pick(['JR', 'SM', 'GN', 'BS'])}${r.digits(7)}`),
  (r) => labelled(`M ${r.digits(8)}`),
]

const licence = (r: Random): readonly string[] => [
  String(r.pick([11, 12, 13, 14, 16, 19, 21, 23, 26, 28])),
  two(r.below(100)),
  r.digits(6),
  two(r.below(100)),
]
const LICENCES: readonly Maker[] = [
  (r) => bare(licence(r).join('-')),
  (r) => bare(licence(r).join('-')),
  (r) => bare(licence(r).join(r.pick(['–', ' - ', 'ㅡ']))),
  (r) => labelled(licence(r).join(' ')),
  (r) => labelled(licence(r).join('')),
  (r) =>
    bare(
      `${r.pick(['서울', '부산', '경기', '전남', '제주'])}${r.pick([' ', '-', ''])}${licence(r).slice(1).join('-')}`,
    ),
  (r) => bare(wide(licence(r).join('-'))),
]

export const VALUES: Readonly<Record<PersonalKind, readonly Maker[]>> = {
  email: EMAILS,
  resident_registration: RESIDENTS,
  driver_licence: LICENCES,
  card: CARDS,
  phone: PHONES,
  passport: PASSPORTS,
  account: ACCOUNTS,
  ip: IPS,
}
