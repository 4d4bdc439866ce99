/**
 * Random histories of a corpus: what two sources list night by night, by which recipe each night is built, and what is
 * taken down after it. Plain data and the texts that it means; how a history is lived is lived-history.ts's.
 */
import fc from 'fast-check'
import { prose } from './prose.ts'

export const SOURCES = ['sea', 'town'] as const
/** Of each source, beside the anchor. */
const DOCUMENTS = 8

export interface Place {
  readonly source: (typeof SOURCES)[number]
  readonly document: number
}

/** What a document says: its own text or another's, in one of its wordings. */
export interface Says {
  readonly of: Place
  readonly wording: number
  readonly form: 'whole' | 'short' | 'brief' | 'copy' | 'quoting'
}

export interface Night {
  /** What becomes of documents; null: the listing has it no more. */
  readonly changes: readonly { readonly at: Place; readonly says: Says | null }[]
  /** Fields of the dataset in the config. */
  readonly recipe: object
  readonly takedown: { readonly at: Place; readonly scope: 'copy' | 'cluster' } | null
}

export type History = readonly Night[]

const place: fc.Arbitrary<Place> = fc.record({
  source: fc.constantFrom(...SOURCES),
  document: fc.nat({ max: DOCUMENTS - 1 }),
})

const change = place.chain((at) =>
  fc.record({
    at: fc.constant(at),
    says: fc.option(
      fc.record({
        of: fc.oneof({ arbitrary: fc.constant(at), weight: 3 }, { arbitrary: place, weight: 2 }),
        wording: fc.nat({ max: 2 }),
        form: fc.constantFrom('whole', 'whole', 'quoting', 'copy', 'brief', 'short'),
      }),
      { freq: 5 },
    ),
  }),
)

/** Fields by the names of the sources. */
const recipe = fc.constantFrom<object>(
  {},
  {},
  {},
  { cleaning: { rules: { min_chars: 300 } } },
  { licences: ['CC0-1.0'] },
  { caps: { town: { documents: 2 } } },
  { mixture: { sea: 1, town: 1 } },
  { deduplication: { method: 'exact' } },
  { deduplication: { paragraphs: false } },
  { until: '2026-11-03' },
)

/** The first night has most of the documents; later ones what changes. At most one night in three ends with a takedown. */
export const history: fc.Arbitrary<History> = fc
  .tuple(
    fc.array(change, { minLength: 14, maxLength: 24 }),
    fc.array(fc.array(change, { maxLength: 10 }), { minLength: 3, maxLength: 5 }),
    fc.array(recipe, { minLength: 6, maxLength: 6 }),
    fc.array(fc.option(fc.record({ at: place, scope: fc.constantFrom('copy', 'cluster', 'cluster') }), { freq: 2 }), {
      minLength: 6,
      maxLength: 6,
    }),
  )
  .map(([first, later, recipes, takedowns]) =>
    [first, ...later].map((changes, index) => ({
      changes,
      recipe: recipes[index] ?? {},
      takedown: index % 3 === 1 ? (takedowns[index] ?? null) : null,
    })),
  )

export type Listing = ReadonlyMap<string, Says>
export const nameOf = ({ source, document }: Place): string => `${source} ${document}`

/** What the sources list in the end of each night. */
export function listings(nights: History): readonly Listing[] {
  const listed = new Map<string, Says>()
  return nights.map(({ changes }) => {
    for (const { at, says } of changes) {
      if (says === null) listed.delete(nameOf(at))
      else listed.set(nameOf(at), says)
    }
    return new Map(listed)
  })
}

const NOTICE = '이 글은 마을 기록 보관소가 펴내는 소식지에 실린 것으로, 옮겨 실을 때에는 출처를 밝혀 주시기 바랍니다.'

/** Of different salts no two texts are alike, but for the notice. */
export function textOf({ of: { source, document }, wording, form }: Says, salt: number): string {
  const seed = (salt * SOURCES.length + SOURCES.indexOf(source)) * 1000 + document * 10
  const revised = seed + wording
  if (form === 'short') return prose(revised, 1)
  if (form === 'brief') return prose(revised, 5)
  const whole = `${prose(revised, 12)}\n\n${prose(seed + 5, 4)}`
  if (form === 'copy') return `${whole} 끝으로 한마디 덧붙인다.`
  return form === 'quoting' ? `${whole}\n\n${NOTICE}` : whole
}

/** A document that is always there, so that no version is empty. */
export const anchorText = (salt: number): string => prose(salt * SOURCES.length * 1000 + 999, 12)
