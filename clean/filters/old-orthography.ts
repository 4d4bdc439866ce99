/**
 * Marks of older spelling: 있읍니다 and 슴니다 (until 1988), 하얏다, 잇는, 조흔 (before the unified spelling of 1933), archaic
 * letters, and Hanja that carry Korean particles (民族에). Scored and left to policy: it is real Korean of its time.
 */
import { type Rule, ratio } from '../rule.ts'

const OLD_SPELLING =
  /읍니[다까]|슴니[다까]|[가-힣]ㅅ니다|하[얏엿야]|되[엿야]|[햇됏갓왓엇앗]다|[햇됏엇앗]스[며나니면]|(?:^|[\s(「])(?:잇[다는스슬서고지던]|업[다는스슬서고지던이]|조흔|만흔|가튼|가티|가치 |거슬|거시|그러케|이러케|엇[더지던]|웨 |모다|모도|더욱히|맛침내|비로소도)|밧게|[가-힣]이오[.,]|도다[.!]|옵[나니]|[ᄀ-ᇿㆍㅺㅼㅽㅾㅿㆆㆁ](?=[가-힣ᄀ-ᇿ])/g
const HANJA_WITH_PARTICLE = /[\u3400-\u9fff\uf900-\ufaff][가-힣]/g

export const oldOrthographyScore: Rule = {
  name: 'old_orthography_score',
  measure: 'old_orthography_score',
  side: 'most',
  threshold: null,
  about: 'marks of spelling before 1988 and of mixed Hanja script for each word',
  value: ({ text, words }) => ratio(matches(text, OLD_SPELLING) + matches(text, HANJA_WITH_PARTICLE), words.count),
}

function matches(text: string, pattern: RegExp): number {
  let count = 0
  for (const _ of text.matchAll(pattern)) count++
  return count
}
