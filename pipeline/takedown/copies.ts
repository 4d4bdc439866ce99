/**
 * Documents that say the same, found in what was extracted: the rejected and the superseded ones too, which no clean text
 * names any more.
 */
import type { Kysely } from 'kysely'
import type { Objects } from '../../store/objects.ts'
import type { Database } from '../../store/schema.ts'
import {
  documentsAt,
  documentsWithPassage,
  extractionArtifacts,
  namesOf,
  withCopies,
  withoutSpace,
} from '../../store/takedown/find.ts'
import type { RevisionLine } from '../contract.ts'
import { sha256 } from '../digest.ts'
import { readLines } from '../stages/lines.ts'

interface Deps {
  readonly db: Kysely<Database>
  readonly objects: Objects
}

/** The documents with their copies: of their clusters, and those whose extracted text is the same but for white space. */
export async function withEveryCopy(deps: Deps, documents: readonly number[]): Promise<readonly number[]> {
  let found = await withCopies(deps.db, documents)
  for (;;) {
    const names = new Set((await namesOf(deps.db, found)).map(({ source, key }) => `${source}\n${key}`))
    const said = new Set<string>()
    await extracted(deps, (line, source) => {
      if (line.text !== '' && names.has(`${source}\n${line.key}`)) said.add(sha256(withoutSpace(line.text)))
      return false
    })
    const same = await extracted(deps, ({ text }) => text !== '' && said.has(sha256(withoutSpace(text))))
    const more = await withCopies(deps.db, [...new Set([...found, ...same])])
    if (more.length === found.length) return found
    found = more
  }
}

/** The documents that hold a passage, whatever the white space in it, in what was extracted or in what came of it. */
export async function withPassage({ db, objects }: Deps, passage: string): Promise<readonly number[]> {
  const wanted = withoutSpace(passage)
  const clean = await documentsWithPassage(db, passage)
  const read = await extracted({ db, objects }, (line) => withoutSpace(wordsOf(line)).includes(wanted))
  return [...new Set([...clean, ...read])].toSorted((a, b) => a - b)
}

function wordsOf({ title, author, section, text, images }: RevisionLine): string {
  return [title, author, section, text, ...images.flatMap(({ alt, caption }) => [alt, caption])].join('\n')
}

/** The documents of extracted lines that match. */
async function extracted(
  { db, objects }: Deps,
  matches: (line: RevisionLine, source: string) => boolean,
): Promise<readonly number[]> {
  const places: { source: string; key: string }[] = []
  for (const { digest, source } of await extractionArtifacts(db)) {
    for await (const line of readLines<RevisionLine>(objects, digest))
      if (matches(line, source)) places.push({ source, key: line.key })
  }
  return documentsAt(db, places)
}
