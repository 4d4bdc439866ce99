/**
 * Marks of older spelling: 있읍니다 and 슴니다 (until 1988), 하얏다, 잇는, 조흔 (before the unified spelling of 1933), archaic
 * letters, and Hanja that carry Korean particles (民族에). Scored and left to policy: it is real Korean of its time.
 */
import type { Prepared } from '../prepared.ts'
import { type Rule, ratio } from '../rule.ts'
import { createTermFinder } from '../terms.ts'

const spelling = createTermFinder([
  {
    name: 'old',
    weight: 1,
    terms: `읍니다, 읍니까, 읍디다, 슴니다, 슴니까, ㅅ니다, ㅅ니까, 하얏, 하엿, 하야, 되엿, 되야, 햇다, 됏다, 갓다, 왓다, 엇다, 앗다, 햇스, 엇스, 앗스,
      ^잇다, ^잇는, ^잇스, ^잇슬, ^잇서, ^잇고, ^잇지, ^잇던, ^업다, ^업는, ^업스, ^업슬, ^업서, ^업고, ^업지, ^업던, ^업시, ^조흔, ^만흔, ^가튼, ^가티,
      ^거슬, ^거시, ^그러케, ^이러케, ^엇더, ^엇지, ^엇던, ^모다, ^모도, ^더욱히, ^맛침내, 밧게, 하옵, 사옵, 나이다, 노라, 도다`,
  },
])
const ARCHAIC_LETTER = /[\u1100-\u11ff\u3165-\u318c\u318e]/g
const HANJA_WITH_PARTICLE = /[\u3400-\u9fff\uf900-\ufaff][가-힣]/g

export const oldOrthographyScore: Rule = {
  name: 'old_orthography_score',
  measure: 'old_orthography_score',
  side: 'most',
  threshold: null,
  about: 'marks of spelling before 1988 and of mixed Hanja script for each word',
  value: (text) => ratio(marks(text), text.words.count),
}

function marks({ text, lettersOnly }: Prepared): number {
  let found = spelling.weigh(lettersOnly).get('old') ?? 0
  for (const pattern of [ARCHAIC_LETTER, HANJA_WITH_PARTICLE]) for (const _ of text.matchAll(pattern)) found++
  return found
}
