/** What is known to be wrong with a corpus, said in Korean from what was counted. */
import type { CardFacts } from './card.ts'
import { code, count, share } from './card-words.ts'
import type { Tally } from './tally.ts'

export function knownLimits(tally: Tally, facts: CardFacts): readonly string[] {
  return [
    '이름과 집 주소는 가리지 않았습니다. 형식만으로는 충분히 정확하게 찾을 수 없기 때문입니다.',
    ...keptPersonal(facts),
    ...licence(tally, facts),
    ...dates(tally),
    ...languages(tally),
    ...concentration(tally),
    ...unfiltered(facts),
    ...(facts.contamination === null ? ['평가 자료와 겹치는지 확인하지 않았습니다.'] : []),
    '거르는 기준은 재는 값의 문턱일 뿐이어서, 좋은 글이 빠지고 나쁜 글이 남은 경우가 있습니다. 사실이 맞는지, 내용이 치우치지 않았는지는 살피지 않았습니다.',
  ]
}

function keptPersonal({ cleaning: { personalData } }: CardFacts): readonly string[] {
  const kept = Object.entries(personalData.actions).filter(([, action]) => action === 'keep')
  return kept.length === 0
    ? []
    : [`설정에 따라 다음 개인정보는 가리지 않았습니다: ${kept.map(([kind]) => code(kind)).join(', ')}.`]
}

function licence({ shares, documents }: Tally, { sources }: CardFacts): readonly string[] {
  const own = new Map(sources.map(({ name, licence: given }) => [name, given]))
  const stated = shares
    .filter((each) => own.get(each.source) !== each.licence)
    .reduce((sum, each) => sum + each.documents, 0)
  return [
    `라이선스는 문서 ${count(stated)}건(${share(stated, documents)})은 문서가 스스로 밝힌 것이고, 나머지는 출처의 것입니다. 밝힌 표시가 옳은지 한 건씩 확인하지는 않았습니다.`,
  ]
}

function dates({ undated, documents }: Tally): readonly string[] {
  return undated === 0
    ? []
    : [
        `문서 ${count(undated)}건(${share(undated, documents)})은 발행일을 알 수 없어, ${code('day')}에 수집한 밤을 적었습니다.`,
      ]
}

function languages({ languages: all, documents }: Tally): readonly string[] {
  const untold = all.find(({ lang }) => lang === null)?.documents ?? 0
  return untold === 0
    ? []
    : [
        `문서 ${count(untold)}건(${share(untold, documents)})은 페이지가 언어를 밝히지 않아 ${code('lang')}이 비어 있습니다.`,
      ]
}

/** Where one source has most of the text. */
function concentration({ shares, bytes }: Tally): readonly string[] {
  const sizes = [...Map.groupBy(shares, ({ source }) => source)].map(([source, each]) => ({
    source,
    size: each.reduce((sum, one) => sum + one.bytes, 0),
  }))
  const [largest] = sizes.toSorted((a, b) => b.size - a.size)
  if (sizes.length < 2 || largest === undefined || largest.size * 2 < bytes) return []
  return [
    `본문의 ${share(largest.size, bytes)}가 출처 ${code(largest.source)} 하나에서 왔습니다. 그곳의 문체와 주제로 치우쳐 있습니다.`,
  ]
}

function unfiltered({ rules }: CardFacts): readonly string[] {
  const open = new Set(rules.filter(({ threshold }) => threshold === null).map(({ name }) => name))
  return [
    ...(open.has('machine_translation_score')
      ? ['기계로 번역한 듯한 글은 점수만 재고 거르지 않아 섞여 있을 수 있습니다.']
      : []),
    ...(open.has('old_orthography_score')
      ? ['1988년 이전 맞춤법이나 국한문 혼용 글은 점수만 재고 거르지 않아 섞여 있을 수 있습니다.']
      : []),
  ]
}
