/** malmoi corpus query: documents by dataset, version and source. */
import { UsageError } from '../pipeline/contract.ts'
import { versionDocuments } from '../store/corpus.ts'
import { listVersions, resolveVersion } from '../store/versions.ts'
import { printTable } from './table.ts'
import type { Call, Verb } from './verb.ts'
import type { Workspace } from './workspace.ts'

const PREVIEW = 40

export const verb: Verb = {
  usage: '[--dataset NAME] [--version N] [--source NAME] [--limit N]',
  details: `
Streams the documents of a version. Without --version the latest; without --dataset the only one there is.

  malmoi corpus query --dataset news --version 7 --source hani --limit 20
  malmoi corpus query --json > news.jsonl`,
  options: {
    dataset: { type: 'string', value: 'NAME', about: 'the dataset' },
    version: { type: 'string', value: 'N', about: 'number, `latest`, or DATASET@N (default: latest)' },
    source: { type: 'string', value: 'NAME', about: 'only documents of this source' },
    limit: { type: 'string', value: 'N', about: 'at most so many (default: 20 as a table, all with --json)' },
  },
  async run(call) {
    if (call.positionals.length > 0) {
      throw new UsageError(`malmoi corpus query takes options only; did you mean --dataset ${call.positionals[0]}?`)
    }
    const workspace = await call.open()
    const version = await resolveVersion(workspace.connection.db, await versionName(call, workspace))
    const limit = call.count('limit') ?? (call.json ? Number.MAX_SAFE_INTEGER : 20)
    const source = call.text('source') ?? null
    await knownSource(workspace, source)
    const documents = versionDocuments(workspace.connection.db, version, source, limit)
    const named = { dataset: version.dataset, version: version.number }
    if (call.json) {
      for await (const document of documents) call.emit({ ...named, ...document })
      return
    }
    const rows = await Array.fromAsync(documents)
    printTable(
      call,
      rows.map(({ source: from, url, title, published, text }) => ({
        source: from,
        url,
        title,
        published,
        bytes: Buffer.byteLength(text),
        text: text.replaceAll(/\s+/g, ' ').slice(0, PREVIEW),
      })),
    )
    call.print(`${rows.length} of ${version.documents} documents of ${version.dataset}@${version.number}`)
  },
}

/** `DATASET@N` from --dataset and --version. */
export async function versionName(call: Call, workspace: Workspace): Promise<string> {
  const version = call.text('version') ?? 'latest'
  if (version.includes('@')) return version
  const dataset = call.text('dataset')
  if (dataset !== undefined) return `${dataset}@${version}`
  const datasets = new Set((await listVersions(workspace.connection.db, null)).map((row) => row.dataset))
  const [only, ...others] = datasets
  if (only === undefined) throw new UsageError('there is no version yet: nothing has been built; run `malmoi run`')
  if (others.length > 0) throw new UsageError(`name one of the datasets with --dataset: ${[...datasets].join(', ')}`)
  return `${only}@${version}`
}

async function knownSource({ connection }: Workspace, source: string | null): Promise<void> {
  if (source === null) return
  const rows = await connection.db.selectFrom('source').select('name').orderBy('name').execute()
  if (!rows.some((row) => row.name === source)) {
    throw new UsageError(`there is no source ${source}; there is ${rows.map((row) => row.name).join(', ')}`)
  }
}
