/**
 * When a page was published and last changed. What JSON-LD and meta state is compared with what the page shows: of
 * statements that differ, the one shown wins; a date that lies after the visit, a change before the publication, and a
 * template's first of January are not believed.
 */
import { isoDate } from './iso-date.ts'
import { describing, stringsOf } from './json-ld.ts'
import { metaOf, type Statements } from './statements.ts'

export interface Dates {
  readonly published: string | null
  readonly modified: string | null
}

const PUBLISHED_META = `article:published_time og:article:published_time datepublished date pubdate publishdate
  dc.date dc.date.issued dc.date.created dcterms.created dcterms.issued parsely-pub-date sailthru.date regdate`.split(
  /\s+/,
)
const MODIFIED_META = `article:modified_time og:updated_time og:article:modified_time datemodified lastmod last-modified
  dcterms.modified dc.date.modified revised`.split(/\s+/)
const MODIFIED_NAME = /modif|updat|revis/
/** How a line says when: its label, and what it labels; at most once in a short line. */
const PUBLISHED_LABEL =
  /(?:입력|등록|작성|게시|발행|승인|송고|게재|published|posted)(?:일시|일자|일|시간|시각| on)?[\s:：|[(]{0,5}(?=\d{4}[-./년])/i
const MODIFIED_LABEL =
  /(?:수정|갱신|업데이트|변경|updated|modified)(?:일시|일자|일|시간|시각| on)?[\s:：|[(]{0,5}(?=\d{4}[-./년])/i
const LAST_DAY = '9999-12-31'
/** What software puts where it knows no date. */
const PLACEHOLDER = /^\d{4}-01-01(?:T00:00:00(?:Z|[+-]\d{2}:\d{2})?)?$|^(?:0000|1970-01-01|1900-01-01)/

/**
 * The believed dates. `lines` are the short texts the page shows, `embedded` the date of its data; `seen` is the ISO date of the visit, after which
 * nothing can have been published, or null where it is not known.
 */
export function datesOf(
  found: Statements,
  { lines, embedded }: { readonly lines: readonly string[]; readonly embedded: string },
  seen: string | null,
): Dates {
  const articles = describing(found.things)
  const latest = seen === null ? LAST_DAY : dayAfter(seen)
  const believed = (texts: readonly string[]): readonly string[] =>
    texts.flatMap((text) => isoDate(text) ?? []).filter((date) => dayOf(date) <= latest)
  const named = (changed: boolean): readonly string[] =>
    found.times.filter(({ property }) => MODIFIED_NAME.test(property) === changed).map(({ text }) => text)
  const published = publishedOf(
    believed([
      ...articles.flatMap((thing) => stringsOf(thing.datePublished)),
      ...metaOf(found, ...PUBLISHED_META),
      ...articles.flatMap((thing) => stringsOf(thing.dateCreated)),
      embedded,
    ]),
    believed([...labelled(lines, PUBLISHED_LABEL), ...named(false)]),
  )
  const modified = believed([
    ...articles.flatMap((thing) => stringsOf(thing.dateModified)),
    ...metaOf(found, ...MODIFIED_META),
    ...labelled(lines, MODIFIED_LABEL),
    ...named(true),
  ]).find((date) => !PLACEHOLDER.test(date) && (published === null || dayOf(date) >= dayOf(published)))
  return { published, modified: modified ?? null }
}

/** The first stated date whose day is also shown, else the first stated, else the first shown; placeholders only if shown. */
function publishedOf(stated: readonly string[], shown: readonly string[]): string | null {
  const days = new Set(shown.map(dayOf))
  return (
    stated.find((date) => days.has(dayOf(date))) ?? stated.find((date) => !PLACEHOLDER.test(date)) ?? shown[0] ?? null
  )
}

function labelled(lines: readonly string[], label: RegExp): readonly string[] {
  return lines.flatMap((line) => {
    const match = line.match(label)
    return match?.index === undefined ? [] : [line.slice(match.index + match[0].length)]
  })
}

function dayOf(date: string): string {
  return date.slice(0, 10)
}

/** The day after a date: a zone ahead of the visitor's may have reached it. */
function dayAfter(date: string): string {
  return new Date(Date.parse(`${dayOf(date)}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
}
