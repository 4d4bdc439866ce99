/**
 * The licence a page puts itself under: `rel=license` (HTML, microformats), schema.org `license`, Dublin Core, ccREL in
 * RDFa (w3.org/Submission/ccREL), the mark of 공공누리. Marks that disagree are not believed, none of them: a text whose
 * licence is unclear has none.
 */
import { describing, isThing, listOf } from './json-ld.ts'
import { licenceId } from './licence-id.ts'
import { metaOf, type Statements } from './statements.ts'

/** Statements of rights that may name a public licence, but mostly say that there is none. */
const RIGHTS = ['dc.rights', 'dcterms.rights', 'dc:rights', 'dcterms:rights', 'rights', 'copyright']

/** The id of the page's licence, or its URL; null where none is marked, or marks disagree. */
export function licenceOf(found: Statements): string | null {
  const stated = describing(found.things)
    .flatMap((thing) => listOf(thing.license))
    .map((licence) => (isThing(licence) ? (licence.url ?? licence['@id'] ?? licence.name) : licence))
    .filter((mark) => typeof mark === 'string')
  const licences = new Set([
    ...[...stated, ...found.licences].map((mark) => licenceId(mark) ?? urlOf(mark)),
    ...metaOf(found, ...RIGHTS).map(licenceId),
  ])
  licences.delete(null)
  return licences.size === 1 ? [...licences][0]! : null
}

function urlOf(mark: string): string | null {
  const url = URL.parse(mark.trim())
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') ? url.href : null
}
