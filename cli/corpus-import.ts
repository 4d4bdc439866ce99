/** malmoi corpus import: an export, or Dolma's documents, as a source of this workspace. */

import { resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { type ImportLayout, layoutOf } from '../crawler/import/layout.ts'
import { readingError } from '../crawler/import/open-file.ts'
import { UsageError } from '../pipeline/contract.ts'
import type { FileSource } from '../pipeline/crawl-contract.ts'
import type { Config } from '../pipeline/recipe.ts'
import { addSource } from './config-write.ts'
import { crawlDue, failuresError, nightOf } from './plan-run.ts'
import { printTable } from './table.ts'
import { type Call, NIGHT, type Verb } from './verb.ts'

export const verb: Verb = {
  usage: 'DIR|FILE --source NAME [--licence L] [--night DATE]',
  details: `
Takes in an export of Malmoi (parquet, jsonl or dolma) or documents in Dolma's shape, as a source of kind files that is
written into malmoi.config.ts, and reads it as tonight's batch. Each document keeps the licence, the address and the dates
it had; \`malmoi why ID\` says from which export it is, and what its source and revision were there. The files of an export
are checked against its manifest first. What a later export in the same place no longer holds is withdrawn here too.

  malmoi corpus import news-7 --source news-import
  malmoi corpus import dolma/documents --source dolma --licence ODC-By-1.0
  malmoi why https://news.example/1.html`,
  options: {
    source: { type: 'string', value: 'NAME', about: 'the name of the source here' },
    licence: { type: 'string', value: 'L', about: "of documents that state none (default: the export's licences)" },
    night: NIGHT,
  },
  async run(call) {
    const [given, ...more] = call.positionals
    const name = call.text('source')
    if (!given || more.length > 0)
      throw new UsageError('malmoi corpus import takes one folder or file; see `malmoi corpus import --help`')
    if (name === undefined) throw new UsageError('--source is missing: give the import a name in this workspace')
    const path = resolve(given)
    const layout = await layoutOf(path).catch((error: unknown) => {
      throw readingError(name, path, error)
    })
    for (const file of layout.manifest?.origin.files ?? []) await layout.manifest?.origin.verify(file)
    const { config, source } = await sourceFor(call, name, layout)
    const workspace = await call.open()
    const crawled = await crawlDue(workspace, config, [source], nightOf(call, config))
    const failure = failuresError(crawled)
    if (failure) throw failure
    const { version = null, digest = null } = layout.manifest?.origin ?? {}
    if (call.json) call.emit({ source: name, version, manifest: digest, batches: crawled.batches })
    else {
      printTable(call, crawled.batches)
      call.print(`${name} is in malmoi.config.ts${version === null ? '' : `, imported from ${version}`}`)
    }
  },
}

/** The source of the config with this name, which is written where it is not there. */
async function sourceFor(
  call: Call,
  name: string,
  layout: ImportLayout,
): Promise<{ readonly config: Config; readonly source: FileSource }> {
  const before = await call.config()
  const known = before.sources.find((source) => source.name === name)
  if (known === undefined) {
    const { config } = await addSource(call.folder, entryOf(call, name, layout))
    const source = config.sources.find((each) => each.name === name)
    if (source?.kind !== 'files') throw new Error(`source ${name} was not written`)
    return { config, source }
  }
  const same = known.kind === 'files' && known.path === layout.path && isDeepStrictEqual(known.fields, layout.fields)
  if (!same)
    throw new UsageError(
      `there is a source ${name} in malmoi.config.ts, which reads something else: give the import another name with --source, or change that entry`,
    )
  return { config: before, source: known }
}

/** The source as a person would write it. */
function entryOf(call: Call, name: string, { path, format, fields, manifest }: ImportLayout): object {
  const licence = call.text('licence') ?? manifest?.origin.licences.join(', ')
  if (licence === undefined || licence === '')
    throw new UsageError('--licence is missing: say under which licence those texts may be used that state none')
  return {
    ...{ name, kind: 'files', path, format, fields },
    // An export is a complete listing: what left it, by a takedown too, leaves here.
    ...(manifest && { manifest: manifest.path, snapshot: true, deletions: 'honour' }),
    licence,
  }
}
