/**
 * Driver's licence numbers: region (11–28, formerly its name), two digits of the year, six of the serial, two that
 * check (도로교통법 시행규칙). The hyphenated form says enough; bare digits need the word.
 */
import { isIntroducedAsOther, isLabelled, labelBefore } from '../labels.ts'
import type { Range } from '../personal.ts'
import { isInCode, standsAlone } from './digits.ts'

const REGION =
  '(?:1[1-9]|2[0-68]|서울|부산|경기(?: ?[남북]부)?|강원|충북|충남|전북|전남|경북|경남|제주|대구|인천|광주|대전|울산)'
const FORM = new RegExp(`${REGION}( ?- ?| )?\\d{2}(?: ?- ?| )?\\d{6}(?: ?- ?| )?\\d{2}(?!\\d)`, 'g')
const HYPHENATED = /^(?:\d\d ?- ?|[가-힣 ]{2,5}-? ?)\d\d ?- ?\d{6} ?- ?\d\d$/

export function findDriverLicences(text: string): readonly Range[] {
  const found: Range[] = []
  for (const match of text.matchAll(FORM)) {
    const range = { start: match.index, end: match.index + match[0].length }
    if (!standsAlone(text, range) || isInCode(text, range)) continue
    const labelled = isLabelled(text, range, 'driver_licence')
    if (labelled || (HYPHENATED.test(match[0]) && isUnclaimed(text, range.start))) found.push(range)
  }
  return found
}

/** No word right before it says that it is an order number, or an account. */
function isUnclaimed(text: string, start: number): boolean {
  return !isIntroducedAsOther(text, start) && labelBefore(text, start)?.label !== 'account'
}
