/** What a takedown is asked for on the command line, checked; and the documents that are meant. */
import { UsageError } from '../pipeline/contract.ts'
import { sha256 } from '../pipeline/digest.ts'
import type { Config } from '../pipeline/recipe.ts'
import { withEveryCopy, withPassage } from '../pipeline/takedown/copies.ts'
import { nearest } from '../store/nearest.ts'
import { documentsByKey, documentsByName, documentsOfSource } from '../store/takedown/find.ts'
import type { Named, Request, Scope } from '../store/takedown/request.ts'
import { documentsFound } from '../store/takedown/search.ts'
import { keysOf } from './document-keys.ts'
import type { Call } from './verb.ts'
import type { Workspace } from './workspace.ts'

export const SCOPES: readonly Scope[] = ['copy', 'cluster', 'span']
/** A shorter passage is in texts that nobody means. */
export const LEAST_SPAN = 20

/** What was given, and the words themselves, which are recorded as a digest alone. */
export interface Asked {
  readonly request: Request
  readonly words: string
}

/** @throws UsageError where nothing or more than one thing is named, or no reason is given */
export function readRequest(call: Call, backupDays: number | null): Asked {
  const [url, ...more] = call.positionals
  if (more.length > 0) throw new UsageError('malmoi corpus takedown takes one URL')
  const given = (['document', 'source', 'search', 'span'] as const).flatMap((by) => {
    const words = call.text(by)
    return words === undefined ? [] : [{ by, words }]
  })
  const all = [...(url === undefined ? [] : [{ by: 'url' as const, words: url }]), ...given]
  const [target, second] = all
  if (!target || second)
    throw new UsageError('malmoi corpus takedown takes one of: a URL, --document, --source, --search, --span')
  const reason = call.text('reason')?.trim()
  if (!reason) throw new UsageError('malmoi corpus takedown needs --reason: it stands in the record')
  const scope = scopeOf(call.text('scope'), target.by)
  if (target.by === 'span' && target.words.replaceAll(/\s/g, '').length < LEAST_SPAN)
    throw new UsageError(`--span is too short: give at least ${LEAST_SPAN} letters, so that no other text is meant`)
  return { request: { named: namedBy(target.by, target.words), scope, reason, backupDays }, words: target.words }
}

function scopeOf(given: string | undefined, by: Named['by']): Scope {
  const scope = SCOPES.find((each) => each === (given ?? (by === 'span' ? 'span' : 'cluster')))
  if (!scope) {
    const near = nearest(given ?? '', SCOPES)
    throw new UsageError(
      `--scope ${given} is not known: ${near ? `did you mean ${near}?` : `give one of ${SCOPES.join(', ')}`}`,
    )
  }
  if ((scope === 'span') !== (by === 'span'))
    throw new UsageError('--scope span goes with --span TEXT, and with nothing else')
  return scope
}

function namedBy(by: Named['by'], words: string): Named {
  switch (by) {
    case 'url':
      return { by, url: words }
    case 'document':
      return { by, document: words }
    case 'source':
      return { by, source: words }
    case 'search':
      return { by, querySha256: sha256(words) }
    case 'span':
      return { by, spanSha256: sha256(words) }
  }
}

/** The documents that are meant, by id. @throws UsageError where nothing is known by that name */
export async function documentsFor(
  { connection: { db }, objects }: Workspace,
  { request: { named, scope }, words }: Asked,
  config: Config | null,
): Promise<readonly number[]> {
  if (named.by === 'span') {
    const holding = await withPassage({ db, objects }, words)
    if (holding.length === 0) throw new UsageError('no document holds that passage')
    return holding
  }
  const documents = await namedDocuments()
  if (documents.length === 0) throw new UsageError(`nothing is known of ${words}: no document is named so`)
  return scope === 'copy' ? documents : withEveryCopy({ db, objects }, documents)

  function namedDocuments(): Promise<readonly number[]> {
    if (named.by === 'url') return documentsByKey(db, keysOf(words, config))
    if (named.by === 'document') return documentsByName(db, words)
    if (named.by === 'source') return documentsOfSource(db, words)
    return documentsFound(db, words)
  }
}
