/**
 * Where a site files a page: article:section, schema.org articleSection, or the last step of its breadcrumb before the
 * page itself. A section that is called as the site or the page, or 홈, says nothing.
 */
import { describing, hasType, isThing, listOf, namesOf, stringsOf, type Thing } from './json-ld.ts'
import { metaOf, oneLine, type Statements } from './statements.ts'

const NOWHERE =
  /^(?:home|홈|메인|main|index|뉴스|news|기사|article|articles|blog|블로그|전체|all|uncategorized|미분류|section)$/i
const LONGEST_SECTION = 40

/** The section in the site's own words; null where none is named. `title` is the page's. */
export function sectionOf(found: Statements, title: string | null): string | null {
  const site = metaOf(found, 'og:site_name')[0]
  const stated = [
    ...metaOf(found, 'article:section', 'og:article:section'),
    ...describing(found.things).flatMap((thing) => stringsOf(thing.articleSection)),
    ...metaOf(found, 'section', 'category', 'content_category', 'parsely-section', 'dable:section', 'articlesection'),
    ...found.things.filter((thing) => hasType(thing, /^BreadcrumbList$/)).flatMap(breadcrumb),
  ]
  return (
    stated
      .map(oneLine)
      .find(
        (name) =>
          name !== '' &&
          name.length <= LONGEST_SECTION &&
          !same(name, site) &&
          !same(name, title) &&
          !NOWHERE.test(name),
      ) ?? null
  )
}

function same(name: string, other: string | null | undefined): boolean {
  return name.toLowerCase() === other?.toLowerCase()
}

/** Names of the steps, the nearest to the page first. */
function breadcrumb(thing: Thing): readonly string[] {
  return listOf(thing.itemListElement)
    .filter(isThing)
    .flatMap((step) => namesOf(step.name ?? step.item).slice(0, 1))
    .reverse()
}
