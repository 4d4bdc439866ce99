/**
 * The title of a page, without the name of the site and of the section. Several statements of one title are compared:
 * what a shorter one leaves out of a longer one is the site's, not the title's.
 */
import { describing, stringsOf } from './json-ld.ts'
import { metaOf, oneLine, type Statements } from './statements.ts'

/** A shorter statement is the title where it is at least this part of the longer one. */
const LEAST_PART = 1 / 3
/** Without a stated name a last part up to this length after a separator is taken for the site's name. */
const LONGEST_SITE = 25
const SEPARATOR = /\s{1,9}[:·—–-]\s{1,9}|\s{0,9}[|｜ㅣ]\s{0,9}/

/** The title; null where the page states and shows none. */
export function titleOf(found: Statements): string | null {
  const headlines = describing(found.things)
    .flatMap((thing) => stringsOf(thing.headline))
    .map(oneLine)
  const metas = metaOf(found, 'og:title', 'twitter:title')
  const longest = metas[0] ?? headlines.find((headline) => headline !== '') ?? found.title
  const shown = found.headings.filter((heading) => heading !== '')
  if (longest === null || longest === '') return shown[0] ?? null
  const contained = [...shown, ...headlines, ...metaOf(found, 'headline', 'title'), ...metas].find(
    (shorter) =>
      shorter.length >= 4 &&
      shorter.length < longest.length &&
      shorter.length > longest.length * LEAST_PART &&
      longest.includes(shorter),
  )
  return contained ?? withoutSite(longest, metaOf(found, 'og:site_name')[0] ?? null)
}

function withoutSite(title: string, site: string | null): string {
  const parts = title.split(SEPARATOR)
  if (parts.length < 2) return title
  const last = parts.at(-1)!
  const cut = title.slice(0, title.lastIndexOf(last)).replace(/[\s|｜ㅣ:·—–-]{1,9}$/, '')
  const named = site !== null && last !== '' && (last.includes(site) || site.includes(last))
  const separator = title.slice(cut.length, title.lastIndexOf(last))
  const short = /[|｜ㅣ—–-]/.test(separator) && last.length <= LONGEST_SITE && last.length < cut.length
  return cut.length >= 2 && (named || short) ? cut : title
}
