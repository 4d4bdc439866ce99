/** malmoi corpus export: a version as files for others. */
import { realpath } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { FORMATS, type Format } from '../export/formats.ts'
import { UsageError } from '../pipeline/contract.ts'
import { exportVersion } from '../pipeline/export.ts'
import { codeOf } from '../store/error-code.ts'
import { nearest } from '../store/nearest.ts'
import { resolveVersion } from '../store/versions.ts'
import { printTable } from './table.ts'
import { onCorpus } from './takedown-deps.ts'
import type { Call, Verb } from './verb.ts'

const SHARD_BYTES = 256 * 2 ** 20

export const verb: Verb = {
  usage: 'DATASET@N --to DIR [--format F] [--card] [--croissant]',
  details: `
Writes the documents of a version into DIR, sorted by source and address, in files of about 256 MB of text. The same
version gives the same bytes. DIR appears whole or not at all; an earlier export of the dataset there is replaced, anything
else is left alone. parquet loads in Hugging Face \`datasets\` and DuckDB; jsonl is lines of JSON, dolma the same in Dolma's
shape, both gzipped. manifest.json names every file with its digest. A takedown writes the folder again, in its place.

  malmoi corpus export news@7 --to news-7 --card --croissant
  malmoi corpus export news@7 --to /data/news --format dolma --shard-bytes 1000000000`,
  options: {
    to: { type: 'string', value: 'DIR', about: 'the folder' },
    format: { type: 'string', value: 'F', about: `${Object.keys(FORMATS).join(', ')} (default: parquet)` },
    card: {
      type: 'boolean',
      about: 'README.md: sources, licences, what was left out and why, known limits; in Korean',
    },
    croissant: { type: 'boolean', about: 'croissant.json: the files and fields as Croissant 1.1' },
    'shard-bytes': { type: 'string', value: 'N', about: 'bytes of text after which a file ends (268435456)' },
  },
  async run(call) {
    const [name, ...more] = call.positionals
    const to = call.text('to')
    if (!name || more.length > 0) throw new UsageError('malmoi corpus export takes one version: `news@7`')
    if (!to) throw new UsageError('--to is missing: name the folder that the export is written to')
    const options = {
      format: formatOf(call),
      card: call.flag('card'),
      croissant: call.flag('croissant'),
      shardBytes: call.count('shard-bytes') ?? SHARD_BYTES,
    }
    const workspace = await call.open()
    const version = await resolveVersion(workspace.connection.db, name)
    const path = await placeOf(resolve(to))
    const { files, about, manifest, documents } = await onCorpus(workspace, () =>
      exportVersion(workspace, { version, path, options }),
    )
    const written = [...files, ...about.map((file) => ({ ...file, documents: 0 }))]
    const rows = written.map(({ path: file, sha256, bytes, documents: count }) => ({
      ...{ path: file, sha256, bytes },
      documents: count,
    }))
    if (call.json) {
      call.emit({ version: `${version.dataset}@${version.number}`, path, files: rows, manifest })
      return
    }
    printTable(
      call,
      rows.map(({ path: file, documents: count, bytes, sha256 }) => ({
        ...{ file, documents: count, bytes, sha256: sha256.slice(0, 12) },
      })),
    )
    call.print(`${documents} documents of ${version.dataset}@${version.number} in ${path}, manifest ${manifest}`)
  },
}

function formatOf(call: Call): Format {
  const given = call.text('format') ?? 'parquet'
  if (isFormat(given)) return given
  const near = nearest(given, Object.keys(FORMATS))
  throw new UsageError(
    `--format ${given}: there is ${Object.keys(FORMATS).join(', ')}${near ? `; did you mean ${near}?` : ''}`,
  )
}

function isFormat(name: string): name is Format {
  return Object.hasOwn(FORMATS, name)
}

/** Absolute, and by no link: a folder has one path on record. */
async function placeOf(path: string): Promise<string> {
  return realpath(path).catch(async (error: unknown) => {
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') throw error
    return join(await placeOf(dirname(path)), basename(path))
  })
}
