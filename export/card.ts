/**
 * The dataset card, README.md, in Korean: what the corpus is of, under which licences, what became of the documents on the
 * way into it and by which thresholds, what is known to be wrong with it. Every figure is given; nothing is asked for here.
 */
import type { CleaningConfig, ContaminationConfig, DeduplicationConfig } from '../pipeline/contract.ts'
import { cardHead } from './card-head.ts'
import { bytes, code, count, list, share, table } from './card-words.ts'
import type { Described } from './croissant.ts'
import { licenceUrl } from './licences.ts'
import { knownLimits } from './limits.ts'
import { distinct } from './tally.ts'

/** What a card tells beside what was written. */
export interface CardFacts {
  readonly sources: readonly CardSource[]
  /** Documents of the version, those included whose text was taken down since. */
  readonly documents: number
  readonly characters: number
  readonly funnels: readonly CardFunnel[]
  readonly rules: readonly CardRule[]
  readonly selection: CardSelection
  /** Kinds of blocks of a page that are no part of its text. */
  readonly dropped: readonly string[]
  readonly cleaning: CleaningConfig
  readonly deduplication: DeduplicationConfig
  readonly omitted: { readonly documents: number; readonly paragraphs: number }
  /** Placeholders for personal data, by kind. */
  readonly personal: readonly { readonly name: string; readonly count: number }[]
  readonly contamination: ContaminationConfig | null
  /** Documents that share a passage with an evaluation set, by its name. */
  readonly overlaps: readonly { readonly set: string; readonly documents: number }[]
  /** JSON. */
  readonly recipe: string
}

/** What a recipe asks of documents beside their text; null, or empty, where it asks nothing. */
export interface CardSelection {
  readonly licences: readonly string[] | null
  readonly since: string | null
  readonly until: string | null
  readonly caps: Readonly<Record<string, { readonly documents?: number; readonly bytes?: number }>>
  readonly mixture: Readonly<Record<string, number>> | null
}

export interface CardSource {
  readonly name: string
  readonly kind: string
  readonly licence: string
  readonly terms: string | null
  readonly contact: string | null
  readonly nights: { readonly count: number; readonly first: string; readonly last: string }
}

export interface CardFunnel {
  readonly source: string
  readonly captured: number
  readonly rejected: readonly { readonly name: string; readonly count: number }[]
  readonly contaminated: number
  /** Accepted, like no other, and left out; by the reason, in Korean. */
  readonly left: readonly { readonly name: string; readonly count: number }[]
  readonly duplicates: number
  readonly kept: number
}

export interface CardRule {
  readonly name: string
  /** What it measures, in Korean. */
  readonly about: string
  readonly side: 'least' | 'most'
  /** Null where it decides nothing. */
  readonly threshold: number | null
}

/** The whole card; the same export gives the same bytes. */
export function cardText(described: Described, facts: CardFacts): string {
  const sections: readonly (readonly [title: string, body: string])[] = [
    ['한눈에 보기', overview(described, facts)],
    ['출처', sources(described, facts)],
    ['라이선스', licences(described)],
    ['수집에서 수록까지', funnel(facts)],
    ['거르는 기준', filters(facts)],
    ['중복 제거', duplicates(facts)],
    ['개인정보', personal(facts)],
    ['평가 자료와 겹치는 글', contamination(facts)],
    ['알려진 한계', list(knownLimits(described.tally, facts))],
    ['삭제 요청', removal(described, facts)],
    ['다시 만들기', rebuilding(described)],
    ['레시피', `\`\`\`json\n${facts.recipe}\n\`\`\``],
  ]
  const bodies = sections.map(([title, body]) => `## ${title}\n\n${body}\n`)
  return `${cardHead(described)}\n# ${described.version}\n\n${bodies.join('\n')}`
}

function overview({ version, digest, tally, files, format }: Described, { characters, documents }: CardFacts): string {
  const mean = documents === 0 ? 0 : Math.round(characters / documents)
  return table(
    ['항목', '값'],
    [
      ['버전', code(version)],
      ['버전 다이제스트', code(digest)],
      ['문서', `${count(tally.documents)}건`],
      ['본문', `${bytes(tally.bytes)} (UTF-8)`],
      ['문서당 글자', `평균 ${count(mean)}자`],
      ['언어', tally.languages.map(({ lang, documents: n }) => `${lang ?? '알 수 없음'} ${count(n)}건`).join(', ')],
      ['파일', `${count(files.length)}개, ${format}`],
    ],
  )
}

function sources({ tally }: Described, { sources: all }: CardFacts): string {
  const rows = all.map(({ name, kind, licence, terms, contact, nights }) => {
    const own = tally.shares.filter(({ source }) => source === name)
    const documents = own.reduce((sum, each) => sum + each.documents, 0)
    const size = own.reduce((sum, each) => sum + each.bytes, 0)
    const period = nights.first === nights.last ? nights.first : `${nights.first}–${nights.last}`
    return [
      ...[name, kind, licence, terms ?? '–', contact ?? '–'],
      ...[count(documents), bytes(size), `${count(nights.count)}회, ${period}`],
    ]
  })
  return table(['출처', '종류', '라이선스', '이용 약관', '담당', '문서', '본문', '수집한 밤'], rows)
}

function licences({ tally }: Described): string {
  const rows = distinct(tally.shares.map(({ licence }) => licence)).map((licence) => {
    const own = tally.shares.filter((each) => each.licence === licence)
    const documents = own.reduce((sum, each) => sum + each.documents, 0)
    const url = licenceUrl(licence)
    return [
      url === null ? licence : `[${licence}](${url})`,
      count(documents),
      share(documents, tally.documents),
      bytes(own.reduce((sum, each) => sum + each.bytes, 0)),
    ]
  })
  return `문서마다 \`licence\` 열에 그 문서의 라이선스가 적혀 있습니다. 이용 조건은 문서별로 확인해 주세요.\n\n${table(['라이선스', '문서', '비율', '본문'], rows)}`
}

function funnel({ funnels }: CardFacts): string {
  const rows = funnels.map(({ source, captured, rejected, contaminated, left, duplicates: copies, kept }) => {
    const numbers = [captured, sumOf(rejected), contaminated, copies, sumOf(left), kept]
    return [source, ...numbers.map(count)]
  })
  const reasons = byName(funnels.flatMap(({ rejected }) => rejected)).map(([name, n]) => [code(name), count(n)])
  const why =
    reasons.length === 0
      ? ''
      : `\n\n탈락한 문서를 규칙별로 세면 다음과 같습니다.\n\n${table(['규칙', '문서'], reasons)}`
  const others = byName(funnels.flatMap(({ left }) => left)).map(([name, n]) => [name, count(n)])
  const out =
    others.length === 0
      ? ''
      : `\n\n규칙은 통과했지만 다음과 같은 까닭으로 제외한 문서가 있습니다.\n\n${table(['까닭', '문서'], others)}`
  return table(['출처', '수집', '규칙 탈락', '평가 자료와 겹침', '중복', '제외', '수록'], rows) + why + out
}

type Counts = readonly { readonly name: string; readonly count: number }[]

const sumOf = (counts: Counts): number => counts.reduce((sum, each) => sum + each.count, 0)

/** Summed by name, most first. */
function byName(counts: Counts): readonly (readonly [name: string, count: number])[] {
  return [...Map.groupBy(counts, ({ name }) => name)]
    .map(([name, each]) => [name, sumOf(each)] as const)
    .toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
}

function filters({ rules, cleaning, dropped, selection }: CardFacts): string {
  const deciding = rules.filter(({ threshold }) => threshold !== null)
  const measured = rules.filter(({ threshold }) => threshold === null)
  const rows = deciding.map(({ name, about, side, threshold }) => [
    code(name),
    about,
    `${threshold} ${side === 'least' ? '이상' : '이하'}`,
  ])
  const notes = [
    ...selected(selection),
    cleaning.boilerplate
      ? '기사 첫머리와 끝의 기자 이름, 저작권 문구, 구독 안내는 잘라 냈습니다.'
      : '기사 첫머리와 끝의 정형 문구는 자르지 않았습니다.',
    ...(dropped.length === 0 ? [] : [`페이지에서 다음 부분은 본문으로 보지 않았습니다: ${dropped.join(', ')}.`]),
    ...(measured.length === 0
      ? []
      : [`재기만 하고 거르는 데 쓰지 않은 값: ${measured.map(({ name }) => code(name)).join(', ')}.`]),
  ]
  return `아래 조건을 모두 만족하는 문서만 실었습니다.\n\n${table(['규칙', '재는 것', '조건'], rows)}\n\n${list(notes)}`
}

function selected({ licences: allowed, since, until, caps, mixture }: CardSelection): readonly string[] {
  const most = Object.entries(caps).map(([source, { documents, bytes: size }]) => {
    const bounds = [
      ...(documents === undefined ? [] : [`문서 ${count(documents)}건`]),
      ...(size === undefined ? [] : [bytes(size)]),
    ]
    return `${source} ${bounds.join(', ')}`
  })
  const parts = Object.entries(mixture ?? {}).map(([source, part]) => `${source} ${share(part, 1)}`)
  return [
    ...(allowed === null ? [] : [`라이선스가 ${allowed.join(', ')}인 문서만 골랐습니다.`]),
    ...(since === null ? [] : [`${since} 이후의 문서만 골랐습니다.`]),
    ...(until === null ? [] : [`${until}까지의 문서만 골랐습니다.`]),
    ...(most.length === 0 ? [] : [`출처별 상한: ${most.join('; ')}.`]),
    ...(parts.length === 0 ? [] : [`출처별 본문 비율: ${parts.join(', ')}.`]),
  ]
}

function duplicates({ deduplication, omitted, funnels }: CardFacts): string {
  const { shingle, bands, rows, perMille, leastShingles, paragraphs } = deduplication
  const dropped = funnels.reduce((sum, { duplicates: copies }) => sum + copies, 0)
  const near =
    bands === 0
      ? '글자가 똑같은 문서만 중복으로 보았습니다.'
      : `글자 ${shingle}개 묶음으로 만든 MinHash(${bands}×${rows})로 후보를 찾고, 자카드 유사도가 ${perMille / 1000} 이상인 문서를 중복으로 보았습니다. 묶음이 ${leastShingles}개보다 적은 짧은 글은 글자가 똑같을 때만 중복입니다.`
  const parts =
    paragraphs === null
      ? '여러 문서에 나오는 문단은 그대로 두었습니다.'
      : `${paragraphs.leastLetters}자 이상인 문단은 먼저 실린 문서에만 남겼습니다. 문서 ${count(omitted.documents)}건에서 문단 ${count(omitted.paragraphs)}개가 빠졌습니다.`
  return list([near, `먼저 수집한 문서를 남기고 사본 ${count(dropped)}건을 뺐습니다.`, parts])
}

const ACTIONS = {
  mask: '자리표시로 바꿈',
  pseudonym: '가짜 값으로 바꿈',
  drop: '문서째 뺌',
  keep: '그대로 둠',
} as const
const KINDS = {
  email: '이메일 주소',
  resident_registration: '주민등록번호',
  driver_licence: '운전면허번호',
  card: '카드번호',
  phone: '전화번호',
  passport: '여권번호',
  account: '계좌번호',
  ip: 'IP 주소',
} as const

function personal({ cleaning: { personalData }, personal: found }: CardFacts): string {
  const counts = new Map(found.map(({ name, count: n }) => [name, n]))
  const rows = (Object.keys(KINDS) as (keyof typeof KINDS)[]).map((kind) => {
    const action = personalData.actions[kind]
    const stand = action === 'mask' ? `: ${code(personalData.placeholders[kind])}` : ''
    return [KINDS[kind], `${ACTIONS[action]}${stand}`, count(counts.get(kind) ?? 0)]
  })
  return table(['종류', '처리', '바꾼 곳'], rows)
}

function contamination({ contamination: rule, overlaps }: CardFacts): string {
  if (rule === null) return '평가 자료와 견주지 않았습니다. 평가에 쓰려면 겹치는 글이 있는지 먼저 확인해 주세요.'
  const found = new Map(overlaps.map(({ set, documents }) => [set, documents]))
  const rows = rule.sets.map(({ name, digest }) => [name, code(digest.slice(0, 12)), count(found.get(name) ?? 0)])
  const what = rule.action === 'drop' ? '싣지 않았습니다' : '표시만 하고 실었습니다'
  return `글자와 숫자 ${rule.letters}개 이상이 평가 자료와 잇따라 같은 문서는 ${what}.\n\n${table(['평가 자료', '다이제스트', '겹친 문서'], rows)}`
}

function removal({ tally }: Described, { documents }: CardFacts): string {
  const removed = documents - tally.documents
  const so =
    removed === 0
      ? '지금까지 삭제 요청으로 빠진 문서는 없습니다.'
      : `삭제 요청으로 문서 ${count(removed)}건이 빠져 있습니다.`
  return `글의 권리자이거나 글에 개인정보가 있다면, 이 자료를 배포한 곳에 문서의 \`source\`와 \`url\`을 알려 주세요. 문서를 지우면 이 폴더는 그 문서 없이 다시 쓰이고 \`manifest.json\`이 달라집니다. 받아 둔 사본은 \`manifest.json\`의 다이제스트를 견주어 새로 받아 주세요. ${so}`
}

function rebuilding({ version, format }: Described): string {
  return `수집 기록이 있는 작업 공간에서 같은 버전은 언제나 같은 바이트로 만들어집니다.\n\n\`\`\`sh\nmalmoi build ${version}\nmalmoi corpus export ${version} --to DIR --format ${format} --card --croissant\n\`\`\``
}
