/**
 * What the words beside a number say that it is: "연락처", "계좌번호", "주문번호". A bare number is seldom personal by
 * its digits alone; the nearest label decides. Knows words, not numbers.
 */
import type { PersonalKind, Range } from './personal.ts'

/** `other`: a number that is no person's (order, product, business, version …). */
export type Label = PersonalKind | 'other'

export interface LabelBefore {
  readonly label: Label
  /** Nothing but a particle, a colon or a bracket lies between the label and the number. */
  readonly direct: boolean
}

const BEFORE = 40
const AFTER = 18

/**
 * Banks and the like whose names are no everyday words; the others need 은행 or to stand right before the number. Behind
 * a digit KB is kilobytes.
 */
const BANKS =
  '(?:국민|신한|우리|하나|기업|제일|외환|산업|대구|부산|광주|전북|경남|제주|씨티|한미|아이엠|저축|상호)\\s?은행|농협|수협|신협|축협|새마을\\s?금고|우체국|카카오\\s?뱅크|카뱅|토스\\s?뱅크|케이\\s?뱅크|케뱅|(?<![A-Za-z\\d]|\\d )(?:KB|NH|IBK|KEB|KDB|SC제일|citi)(?![A-Za-z])'

/** Tried in this order at each place; a specific word ends where a general one would begin (전화번호 before …번호). */
const WORDS: readonly (readonly [Label, string])[] = [
  ['resident_registration', '주민\\s?(?:등록|번호|증)|외국인\\s?등록|국내\\s?거소\\s?신고|민증'],
  [
    'phone',
    '전화|휴대\\s?폰|휴대\\s?전화|핸드폰|핸펀|손전화|연락처?|문자|통화|카톡|폰|대표|직통|팩스|문의|상담|고객\\s?센터|콜\\s?센터|내선|집전화|전번|(?<![A-Za-z])(?:tel|fax|phone|mobile|cell|hp|h\\.p|call)(?![A-Za-z])|[☎☏]|📞|📱',
  ],
  ['card', '카드|비자|마스터|아멕스|결제|(?<![A-Za-z])(?:card|visa|master|mastercard|amex|jcb)(?![A-Za-z])'],
  ['account', `계좌|통장|예금주|입금|송금|구좌|${BANKS}`],
  ['passport', '여권|(?<![A-Za-z])passport'],
  ['driver_licence', '면허증?|driver.{0,3}\\slicen[cs]e'],
  [
    'ip',
    '(?<![A-Za-z])IP(?:v4|v6)?(?![A-Za-z])|아이피|접속지|게이트웨이|네임\\s?서버|(?<![A-Za-z])(?:DNS|ping|host|gateway)(?![A-Za-z])',
  ],
  [
    'other',
    '(?![내제네그])[가-힣]번호|사업자\\s?등록|법인|주식회사|㈜|\\(주\\)|송장|운송장|바코드|쿠폰|버전|버젼|빌드|릴리스|릴리즈|시리얼|품번|모델명|특허|코드|(?<![A-Za-z])(?:ISBN|ISSN|version|ver|v|build|release|serial|order|invoice|tracking|code|EAN|SKU|S/N)(?![A-Za-z])',
  ],
]
/** 운송장번호, Passport No., card number. */
const NUMBER = '(?:\\s?번호| (?:no|number)(?![a-z])\\.?)?'
const LABELS = new RegExp(WORDS.map(([label, words]) => `(?<${label}>(?:${words})${NUMBER})`).join('|'), 'giu')
const PARTICLE = /^[\s:=#()[\]"'`*<>|,.-]*(?:은|는|이|가|인|으로|로|의)?[\s:=#()[\]"'`*<>|,.-]*$/u

/** The last label in the 40 characters before a place. */
export function labelBefore(text: string, start: number): LabelBefore | null {
  const window = text.slice(Math.max(0, start - BEFORE), start)
  let last: RegExpExecArray | null = null
  for (const match of window.matchAll(LABELS)) last = match
  if (last === null) return null
  const gap = window.slice(last.index + last[0].length)
  return { label: labelOf(last), direct: PARTICLE.test(gap) }
}

/** The first label in the 18 characters after a place. */
export function labelAfter(text: string, end: number): Label | null {
  const [first] = text.slice(end, end + AFTER).matchAll(LABELS)
  return first === undefined ? null : labelOf(first)
}

/** Whether the nearest label on either side is this one, and the number isn't introduced as something else. */
export function isLabelled(text: string, { start, end }: Range, label: Label): boolean {
  const before = labelBefore(text, start)
  if (before?.label === label) return true
  return !before?.direct && labelAfter(text, end) === label
}

/** Whether the words right before introduce it as a number that is no person's. */
export function isIntroducedAsOther(text: string, start: number): boolean {
  const before = labelBefore(text, start)
  return before !== null && before.label === 'other' && before.direct
}

function labelOf(match: RegExpExecArray): Label {
  for (const [label] of WORDS) if (match.groups?.[label] !== undefined) return label
  throw new Error(`a label of no group: ${match[0]}`)
}
