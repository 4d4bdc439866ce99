/** malmoi corpus search: the documents of a version that say something, newest or best first. */
import { UsageError } from '../pipeline/contract.ts'

import type { Hit } from '../store/answers.ts'
import { searchVersion } from '../store/search/search.ts'
import { AS_OF, chosenVersion, VERSION_OPTIONS } from './query-options.ts'

import type { Call, Verb } from './verb.ts'

export const verb: Verb = {
  usage: 'QUERY [--dataset NAME] [--version N | --as-of DATE] [--order newest|rank] [--limit N] [--before KEY]',
  details: `
A word is found wherever it stands, within a longer word too, whatever its case; one syllable is enough. Words side by side
are all wanted. OR, NOT or a - before a word, "a phrase", ( ), and the fields source:, licence:, lang:, since:, until: (the
day it was published, else captured) and title:. NOT binds before AND, AND before OR. White space of a phrase matches any
white space. Each alternative needs a word that is not excluded.

newest: what was stored last comes first. rank: the best (BM25) of the newest 2,000 that match. Any version is searched, as it was.

  malmoi corpus search 한글날
  malmoi corpus search '("국립 도서관" OR 박물관) -공사 source:hani since:2026-11-01' --version 7 --order rank`,
  options: {
    ...VERSION_OPTIONS,
    'as-of': AS_OF,
    order: { type: 'string', value: 'ORDER', about: 'newest or rank (default: newest)' },
    limit: { type: 'string', value: 'N', about: 'at most so many (default: 20)' },
    before: { type: 'string', value: 'KEY', about: 'the page after the one that gave this key' },
  },
  async run(call) {
    const [text, ...more] = call.positionals
    if (text === undefined || text.trim() === '')
      throw new UsageError('say what to search for: `malmoi corpus search 한글날`')
    if (more.length > 0)
      throw new UsageError(`the query is one argument: put it in quotes, '${[text, ...more].join(' ')}'`)
    const order = orderOf(call)
    const limit = call.count('limit') ?? 20
    if (limit > MOST_HITS) throw new UsageError(`--limit is at most ${MOST_HITS}; go on with --before`)
    const workspace = await call.open()
    const { db } = workspace.connection
    const version = await chosenVersion(call, workspace)
    const { hits, next } = await searchVersion(db, version, text, { order, limit, before: call.text('before') ?? null })
    if (call.json) {
      call.emit({ dataset: version.dataset, version: version.number, hits, next })
      return
    }
    for (const hit of hits) printHit(call, hit)
    const name = `${version.dataset}@${version.number}`
    if (hits.length === 0) call.print(`nothing in ${name}`)
    else call.print(`${hits.length} of ${name}${next === null ? '' : `; more with --before ${next}`}`)
  },
}

const MOST_HITS = 1_000

function orderOf(call: Call): 'newest' | 'rank' {
  const order = call.text('order') ?? 'newest'
  if (order === 'newest' || order === 'rank') return order
  throw new UsageError(`--order is newest or rank, not ${order}`)
}

function printHit(call: Call, hit: Hit): void {
  const score = hit.score === null ? '' : `  ${hit.score.toFixed(2)}`
  call.print(`${hit.day}  ${hit.source}  ${hit.url}${score}`)
  if (hit.title !== null) call.print(`  ${hit.title}`)
  call.print(`  ${marked(hit)}\n`)
}

/** The snippet with what was found between « and ». */
function marked({ snippet, highlights }: Hit): string {
  let end = 0
  const parts = highlights.map(([start, length]) => {
    const part = `${snippet.slice(end, start)}«${snippet.slice(start, start + length)}»`
    end = start + length
    return part
  })
  return parts.join('') + snippet.slice(end)
}
