/** A takedown's report for a person: every place, and what was done there. */
import type { Attestation } from '../pipeline/takedown/attestation.ts'
import type { Places } from '../store/takedown/request.ts'
import { tableLines } from './table.ts'

/** Everything that holds the documents, named. */
export function* placeLines(places: Places): Iterable<string> {
  yield* section('documents', places.documents)
  yield* section('versions', places.versions)
  yield* section(
    'clean texts, in the table and in the search index',
    places.texts.map((digest) => ({ digest })),
  )
  yield* section(
    'WARC records',
    places.warc.flatMap(({ file, records }) => records.map(([offset, length]) => ({ file, offset, length }))),
  )
  yield* section('feeds that carry the text, their records among these', places.listings)
  yield* section('artifacts with their lines', places.artifacts)
  yield* section(
    'shards, in tokens',
    places.shards.flatMap(({ digest, ranges }) => ranges.map(([start, length]) => ({ shard: digest, start, length }))),
  )
  yield* section(
    'training sets: their tokens are masked',
    places.trainingSets.map((digest) => ({ digest })),
  )
  yield* section(
    'checkpoints that were trained on them: marked',
    places.checkpoints.map((digest) => ({ digest })),
  )
  yield* section(
    'evaluations of these checkpoints',
    places.evaluations.map((digest) => ({ digest })),
  )
  yield* section(
    'tokenizers that were trained on them: their pieces stay',
    places.tokenizers.map((digest) => ({ digest })),
  )
  yield* section('exports', places.exports)
}

function* section(title: string, rows: readonly object[]): Iterable<string> {
  yield ''
  yield `${title}: ${rows.length}`
  for (const line of tableLines(rows)) yield `  ${line}`
}

/** What was done. */
export function* doneLines(attestation: Attestation, path: string): Iterable<string> {
  const { takedown, redactions, exports, unnamedObjectsRemoved, database, verification, backups } = attestation
  yield ''
  yield `takedown ${takedown} is done: ${redactions.length} objects replaced, ${unnamedObjectsRemoved} that nothing named removed`
  for (const { path: folder, outcome } of exports) yield `export ${folder}: ${outcome}`
  yield `tables rewritten, locked for ${database.seconds} s: ${database.tables.join(', ')}`
  for (const left of database.left) yield `left to whoever runs the database server: ${left}`
  yield `looked again: ${verification.looked.documents} documents in every place listed, nothing is left`
  yield backups
  yield `attestation ${path}, signed; check it with \`malmoi corpus takedown --verify ${path}\``
}
