/** malmoi lineage: the graph above or below a thing, as nodes and edges. */
import { canonicalUrl } from '../crawler/canonical-url.ts'
import { type Json, UsageError } from '../pipeline/contract.ts'
import { type LineageLine, lineageDown, lineageUp, resolveStart } from '../store/lineage.ts'
import type { Verb } from './verb.ts'

export const verb: Verb = {
  usage: 'ID (--up | --down)',
  details: `
ID is a URL, DATASET@N, or any digest by a unique beginning: checkpoint, training set, shard, version, revision, batch.
--up goes to what it was made from, back to the URL, HTTP status and time of every fetch; --down to what was made from it.
With --json, one {node} or {edge: [from, to]} a line; edges point the way the data flowed.

  malmoi lineage 3f9a01 --up
  malmoi lineage https://example.org/news/1.html --down --json`,
  options: {
    up: { type: 'boolean', about: 'what it was made from' },
    down: { type: 'boolean', about: 'what was made from it' },
  },
  async run(call) {
    const [id, ...more] = call.positionals
    if (!id || more.length > 0) throw new UsageError('malmoi lineage takes one id: a URL, DATASET@N or a digest')
    if (call.flag('up') === call.flag('down')) throw new UsageError('malmoi lineage needs --up or --down')
    const { connection } = await call.open()
    const start = await resolveStart(connection.db, id, asCanonical(id))
    const lines = call.flag('up') ? lineageUp(connection.db, start) : lineageDown(connection.db, start)
    for await (const line of lines) {
      if (call.json) call.emit(line)
      else call.print(lineText(line))
    }
  },
}

/** The canonical form of what is a URL; null for everything else. */
function asCanonical(id: string): string | null {
  return URL.canParse(id) && /^https?:/.test(id) ? canonicalUrl(id) : null
}

/** A node or an edge as a line for a person. */
export function lineText(line: LineageLine): string {
  if ('edge' in line) return `    ${shorten(line.edge[0])} → ${shorten(line.edge[1])}`
  const { id, kind, ...fields } = line.node
  const told = ['name', 'url', 'status', 'fetchedAt', 'robotsRule', 'title', 'source', 'night', 'licence'].flatMap(
    (field) => (fields[field] === undefined || fields[field] === null ? [] : [`${field} ${fields[field]}`]),
  )
  return `${kind.padEnd(12)} ${shorten(id)}  ${[...told, ...placesOf(fields.shards)].join('  ')}`.trimEnd()
}

/** Where a revision's tokens lie. */
function placesOf(shards: Json | undefined): readonly string[] {
  if (!Array.isArray(shards)) return []
  return shards.map(
    ({ shard, start, length }) => `tokens ${start}–${start + length} of shard ${shorten(String(shard))}`,
  )
}

function shorten(id: string): string {
  return /^[0-9a-f]{64}$/.test(id) ? id.slice(0, 12) : id
}
